// A scenario that shows a rule at work is run twice: it holds, and with the rule switched off it fails.

import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import type { SeededFault } from './faults.ts'

export function testRule(
  test: Test,
  name: string,
  fault: SeededFault,
  scenario: (fault?: SeededFault) => void,
): void {
  test(name, () => scenario())
  test(`… which shows when the rule is switched off (${fault})`, () => {
    assert.ok(
      fails(() => scenario(fault)),
      `Without its rule the scenario holds as well: ${name}`,
    )
  })
}

/** (`assert.throws` lets the failure of an assertion through.) */
function fails(run: () => void): boolean {
  try {
    run()
    return false
  } catch {
    return true
  }
}
