// What a caller fixes holds for every seed.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { drawSetting } from './setting.ts'

const seeds = Array.from({ length: 200 }, (_, seed) => seed)

test('a group without disks has none, and so never the policy that needs them', () => {
  for (const seed of seeds) {
    const { disks, voters } = drawSetting(seed, { disks: false })
    assert.not(disks, `Seed ${seed}`)
    assert.is(voters.policy, 'majority')
  }
})

test('what is left open is drawn', () => {
  const drawn = seeds.map((seed) => drawSetting(seed))
  assert.ok(drawn.some(({ disks }) => !disks))
  assert.ok(drawn.some(({ voters }) => voters.policy === 'votequorum'))
})

test.run()
