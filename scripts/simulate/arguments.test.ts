// `npm run simulate` as it is called: JSON is one object in every mode, and no argument is silently ignored.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { root, sourceArguments } from '../root.ts'
import { senseless } from './combinations.ts'

function json(...given: string[]): {
  readonly status: number | null
  readonly printed: Record<string, unknown>
} {
  const program = [...sourceArguments, join(root, 'scripts/simulate.ts'), ...given, '--json']
  const { status, stdout } = spawnSync(process.execPath, program, { cwd: root, encoding: 'utf8' })
  return { status, printed: JSON.parse(stdout) }
}

interface Shrunk {
  readonly plan: { readonly steps: readonly number[] }
  readonly violation: string
}

test('many seeds are one object', () => {
  const { status, printed } = json('--seeds', '2', '--steps', '200', '--jobs', '1')
  assert.is(status, 0)
  assert.is(printed['seeds'], 2)
})

test('one seed is one object, with its trace where that is asked for', () => {
  const { status, printed } = json('--seed', '3', '--steps', '200', '--trace')
  assert.is(status, 0)
  assert.is(printed['seed'], 3)
  assert.is(printed['violation'], null)
  assert.is((printed['trace'] as string[]).length, 200)
})

test('a seed that fails is one object, with the shorter plan', () => {
  const given = ['--fault', 'commit-on-own-delivery', '--nodes', '3', '--steps', '300']
  const { violations } = json('--seeds', '60', ...given).printed as { violations: { seed: number }[] }
  const { status, printed } = json('--seed', String(violations[0]?.seed), ...given)
  assert.is(status, 1)
  assert.type(printed['violation'], 'string')
  const shrunk = printed['shrunk'] as Shrunk
  assert.ok(shrunk.plan.steps.length < 300)
  assert.type(shrunk.violation, 'string')
})

test('rules that are switched off are one object', () => {
  const { status, printed } = json('--seeded-faults', 'commit-on-own-delivery', '--jobs', '1')
  assert.is(status, 0)
  const [first] = printed['faults'] as Record<string, unknown>[]
  assert.is(first?.['fault'], 'commit-on-own-delivery')
  assert.is(first?.['shownBy'], 'seed')
  assert.equal(printed['missed'], [])
})

const pairs: readonly [given: Record<string, unknown>, advice: RegExp][] = [
  [{ seeds: '2', trace: true }, /Name its seed: --seed X --trace/],
  [{ policy: 'votequorum', 'no-disks': true }, /take --policy majority/],
  [{ seed: '3', seeds: '2' }, /Leave --seeds out/],
  [{ seed: '3', from: '2' }, /Leave --from out/],
  [{ seed: '3', jobs: '2' }, /Leave --jobs out/],
  [{ seed: '3', 'seeded-faults': true }, /Leave --seed out/],
  [{ 'seeded-faults': true, nodes: '3' }, /Leave --nodes out/],
  [{ 'seeded-faults': true, fault: 'no-doubling' }, /Name the rules behind --seeded-faults/],
]

for (const [given, advice] of pairs)
  test(`${Object.keys(given).join(' and ')} together are refused with advice`, () =>
    assert.match(senseless(given) ?? 'not refused', advice))

test('what makes sense together is not refused', () => {
  assert.is(
    senseless({ seed: '3', trace: true, fault: 'no-doubling', 'no-disks': true, json: true }),
    undefined,
  )
  assert.is(senseless({ seeds: '3', from: '2', jobs: '1', policy: 'votequorum' }), undefined)
  assert.is(senseless({ 'seeded-faults': true, jobs: '1', json: true }), undefined)
})

test.run()
