// The world keeps what the transport port promises, over thousands of seeds; it does everything that it can do; and
// when it is made to cheat, the checks notice. A failure names its seed: playNumbered(seed, …) plays it again.

import { logViolations } from '@quorate/core/contracts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type NumberedRun, playNumbered } from '../numbered.test-support.ts'
import type { RunOptions } from '../run.ts'
import { denseFaults } from './faults.ts'
import type { Sabotage } from './sabotage.ts'
import { Statistics, worldEventKinds } from './statistics.ts'

const seeds = 2000
const stepsPerRun = 250

/** Two processes with one name cannot be told apart in logs. */
const distinctPids = { faults: { pidReuseOneIn: 0 } }

/** What a run violates, and what its disks do; completeness cannot be seen where rings came and went unheard. */
function violationsOf({ result, processes, numbers }: NumberedRun): string[] {
  const completeness = result.statistics.of('sync aborted') === 0
  const logs = processes.map(({ log }) => log)
  const ended = result.violation === undefined ? [] : [result.violation]
  return [
    ...ended,
    ...logViolations(logs, { completeness }),
    ...numbers.flatMap(({ violations }) => violations),
  ]
}

/** Whoever is there in the end has delivered all that it sent since its membership began for good. */
function ownMissing({ processes }: NumberedRun): string[] {
  return processes.flatMap(({ log: { self, sent, events } }) => {
    const own = events.filter((event) => event.type === 'message' && event.from.nodeid === self.nodeid)
    const wasDown = events.some(({ type }) => type === 'down')
    return wasDown || own.length === sent.length ? [] : [`${self.nodeid}: ${sent.length}, ${own.length}`]
  })
}

const noEnds = { crash: 0, powerLoss: 0, massPowerLoss: 0, fullDisk: 0 }

test('whatever happens, logs and disks keep what the ports promise', () => {
  for (let seed = 0; seed < seeds; seed++) {
    assert.equal(violationsOf(playNumbered(seed, stepsPerRun, distinctPids)), [], `Seed ${seed}`)
  }
})

test('who lives to the end delivers all its own messages', () => {
  for (let seed = 0; seed < 200; seed++) {
    const weights = { ...denseFaults.weights, ...noEnds }
    assert.equal(ownMissing(playNumbered(seed, stepsPerRun, { faults: { weights } })), [], `Seed ${seed}`)
  }
})

test('every kind of event occurs', () => {
  const total = new Statistics(worldEventKinds)
  for (let seed = 0; seed < 60; seed++) {
    // Every second run forbids all loss of memory.
    const mayLose = () => seed % 2 === 0
    total.add(playNumbered(seed, 2500, { hasDisk: (nodeid) => nodeid !== 3, mayLose }).result.statistics)
  }
  assert.equal(total.holes(), [])
})

test('the same seed gives the same run, another seed another', () => {
  const [first, again, other] = [7, 7, 8].map((seed) => playNumbered(seed, 500).result)
  assert.is(again?.digest, first?.digest)
  assert.equal(again?.statistics.entries(), first?.statistics.entries())
  assert.is.not(other?.digest, first?.digest)
})

/** Changes with the world: then write the new one here, when Node 20, 22 and 24 agree on it. */
const digestOfSeed7 = 'd7724f017e937636'

test('the digest of a run is the same on every version of Node', () => {
  assert.is(playNumbered(7, 500).result.digest, digestOfSeed7)
})

test('to keep a readable trace changes nothing', () => {
  const [silent, read] = [0, 50].map((traceLines) => playNumbered(3, 500, { traceLines }).result)
  assert.is(read?.digest, silent?.digest)
  assert.is(read?.trace.length, 50)
  assert.equal(silent?.trace, [])
  assert.match(read?.trace.join('\n') ?? '', /ms {2}\d\/\d+ view \(ring\) /)
})

test('the digest knows the content of messages', () => {
  const played = (content: number) => {
    const start: RunOptions['start'] = ({ send }) => ({
      event: () => void send(new Uint8Array([content])),
      settle() {},
    })
    return playNumbered(1, 200, { start }).result.digest
  }
  assert.is.not(played(1), played(2))
})

const found: Readonly<Record<Sabotage, RegExp>> = {
  'drop own messages': /did not deliver the same|were left out/,
  'drop messages of others': /did not deliver the same|were left out/,
  'deliver twice': /twice/,
  damage: /nobody sent it/,
  'deliver late': /were left out|behind a later message/,
  'swap with the next': /behind a later message|in another order/,
  'forge the sender': /delivered .* in the view/,
  'lose the list of members': /in the view|is \[/,
}

for (const [sabotage, expected] of Object.entries(found) as [Sabotage, RegExp][]) {
  test(`the checks notice a world that is made to "${sabotage}"`, () => {
    const first = Array.from({ length: 50 }, (_, seed) => seed).find((seed) =>
      violationsOf(playNumbered(seed, stepsPerRun, { ...distinctPids, sabotage })).some((text) =>
        expected.test(text),
      ),
    )
    assert.is.not(first, undefined)
  })
}

test('a process that has ended hears nothing and sends nothing', () => {
  const late: string[] = []
  for (let seed = 0; seed < 40; seed++) {
    const pidNow: number[] = []
    const start: RunOptions['start'] = ({ nodeid, pid, clock, send, random }) => {
      pidNow[nodeid] = pid
      const act = () => {
        if (pidNow[nodeid] !== pid) late.push(`seed ${seed}: ${nodeid}/${pid}`)
        send(new Uint8Array([nodeid]))
        clock.setTimer(random.below(50), act)
      }
      clock.setTimer(1, act)
      return { event: act, settle: act }
    }
    playNumbered(seed, 300, { ...distinctPids, start, calm: { reached: () => true, stepsMax: 1, what: '' } })
  }
  assert.equal(late, [])
})

test('a process that ends itself takes nothing more in the same turn', () => {
  const late: string[] = []
  const exits: number[] = []
  const start: RunOptions['start'] = ({ nodeid, pid, exit, random }) => {
    let ended = false
    const event = () => {
      if (ended) late.push(`${nodeid}/${pid}`)
      ended = random.oneIn(3)
      if (ended) exit(new Error('enough'))
    }
    return { event, settle: () => ended && late.push(`${nodeid}/${pid} settles`) }
  }
  const exited = (nodeid: number) => exits.push(nodeid)
  for (let seed = 0; seed < 20; seed++) {
    playNumbered(seed, 300, { start, exited, calm: { reached: () => true, stepsMax: 1, what: '' } })
  }
  assert.equal(late, [])
  assert.ok(exits.length > 20)
})

test('timers never fire early, and time never goes back, whatever the clocks do', () => {
  const start: RunOptions['start'] = ({ clock }) => {
    let lastMs = clock.monotonicMs()
    const look = () => {
      assert.ok(clock.monotonicMs() >= lastMs)
      lastMs = clock.monotonicMs()
    }
    const again = () => {
      const dueMs = clock.monotonicMs() + 20
      const cancelled = clock.setTimer(10, () => assert.unreachable('a timer fired after it was cancelled'))
      clock.setTimer(20, () => {
        assert.ok(clock.monotonicMs() >= dueMs - 1e-6)
        again()
      })
      cancelled()
    }
    again()
    return { event: look, settle: look }
  }
  for (let seed = 0; seed < 40; seed++)
    assert.is(
      playNumbered(seed, 300, { start, calm: { reached: () => true, stepsMax: 1, what: '' } }).result
        .violation,
      undefined,
    )
})

test('a world without nodes, or with too many, is refused', () => {
  assert.throws(() => playNumbered(1, 1, { nodes: 0 }), /nodes is 0/)
  assert.throws(() => playNumbered(1, 1, { nodes: 31 }), /nodes is 31/)
})

test.run()
