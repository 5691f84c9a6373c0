// The tests that the table of seeded faults names are there, and switch off what it says.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededFaults } from '@quorate/testkit/simulation'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { root } from '../root.ts'
import { shownByScenario } from './scenarios.ts'

for (const [fault, path = ''] of Object.entries(shownByScenario)) {
  test(`${fault} is a fault, and ${path} switches it off`, () => {
    assert.ok(seededFaults.some((each) => each === fault))
    assert.ok(readFileSync(join(root, path), 'utf8').includes(`'${fault}'`))
  })
}

test.run()
