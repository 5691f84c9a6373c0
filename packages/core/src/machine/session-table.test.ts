import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultLimits } from './limits.ts'
import { process, type ViewParts, view } from './machine.test-support.ts'
import { SessionTable } from './session-table.ts'

const [one, two, three] = [process(1), process(2), process(3)]
const limits = { ...defaultLimits, sessionTimeoutMs: 100 }

interface Stage {
  readonly table: SessionTable
  see(index: number, parts: ViewParts): void
  sessions(): string[]
}

function stage(sessionsMax = 10): Stage {
  const table = new SessionTable()
  return {
    table,
    see: (index, parts) => table.applyView(index, view(parts), parts.timeMs ?? 0, { ...limits, sessionsMax }),
    sessions: () => table.all().map(({ process, index }) => `${process.incarnation} since ${index}`),
  }
}

test('a session opens for each participant that has none', () => {
  const { see, sessions } = stage()
  see(1, { participants: [one, two] })
  see(5, { participants: [one, three], bystanders: [two] })
  assert.equal(sessions(), ['1 since 1', '2 since 1', '3 since 5'])
})

test('it ends when its node is in the view without its process', () => {
  const { see, sessions } = stage()
  see(1, { participants: [one, two] })
  see(2, { participants: [one], bystanders: [process(2, 9)] })
  assert.equal(sessions(), ['1 since 1'])
})

test('it ends when its process has another incarnation, and not when the incarnation is not known', () => {
  const { see, sessions, table } = stage()
  see(1, { participants: [one, two] })
  const unknown = { ...view({ participants: [one] }) }
  const nameless = { nodeid: two.nodeid, pid: two.pid, incarnation: 0 as const }
  table.applyView(2, { ...unknown, members: [...unknown.members, nameless] }, 0, limits)
  assert.equal(sessions(), ['1 since 1', '2 since 1'])
  see(3, { participants: [one, { ...two, incarnation: three.incarnation }] })
  assert.equal(sessions(), ['1 since 1', '3 since 3'])
})

test('it lasts while its node is away for no longer than the session time', () => {
  const { see, sessions } = stage()
  see(1, { participants: [one, two], timeMs: 0 })
  see(2, { participants: [one], timeMs: 50 })
  see(3, { participants: [one, two], timeMs: 150 })
  see(4, { participants: [one], timeMs: 1000 })
  see(5, { participants: [one], timeMs: 1100 })
  assert.equal(sessions(), ['1 since 1', '2 since 1'])
})

test('it ends when it was away for longer, and a new one opens in the same entry', () => {
  const { see, sessions } = stage()
  see(1, { participants: [one, two], timeMs: 0 })
  see(2, { participants: [one], timeMs: 50 })
  see(3, { participants: [one, two], timeMs: 151 })
  assert.equal(sessions(), ['1 since 1', '2 since 3'])
})

test('beyond the limit, sessions of processes that are away end, the longest away first', () => {
  const { see, sessions } = stage(2)
  see(1, { participants: [one, two], timeMs: 0 })
  see(2, { participants: [two], timeMs: 1 })
  see(3, { participants: [three], timeMs: 2 })
  assert.equal(sessions(), ['2 since 1', '3 since 3'])
})

test.run()
