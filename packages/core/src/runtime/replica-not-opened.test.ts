// A replica that cannot be opened leaves nothing behind.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defineMachine } from '../machine/define-machine.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { MemoryDisk } from '../memory/memory-storage.ts'
import type { Clock } from '../ports/clock.ts'
import { openReplica } from './open-replica.ts'
import type { ReplicaOptions } from './replica-options.ts'
import { systemClock } from './system-clock.ts'

const test = suite('replica that is not opened')

/** The system's, which knows how many of its timers run. */
class CountingClock implements Clock {
  running = 0

  monotonicMs(): number {
    return systemClock.monotonicMs()
  }

  wallMs(): number {
    return systemClock.wallMs()
  }

  setTimer(delayMs: number, fire: () => void): () => void {
    let ended = false
    const end = (): void => {
      if (!ended) this.running -= 1
      ended = true
    }
    this.running += 1
    const cancel = systemClock.setTimer(delayMs, () => {
      end()
      fire()
    })
    return () => {
      end()
      cancel()
    }
  }
}

test('has no timer, where the machine has no first state', async () => {
  const machine = defineMachine({
    name: 'stateless',
    version: 1,
    initial: () => {
      throw new Error('a bug of the machine')
    },
    reducers: {},
  })
  const clock = new CountingClock()
  const transport = new MemoryNetwork({ nodes: [1] }).node(1)
  const opening = openReplica({ machine, group: 'none', transport, voters: [1], clock })
  assert.match(String(await opening.catch(String)), /a bug of the machine/)
  assert.is(clock.running, 0)
})

test('has closed its storage, whatever is wrong with its options', async () => {
  const machine = defineMachine({ name: 'empty', version: 1, initial: () => ({}), reducers: {} })
  const transport = new MemoryNetwork({ nodes: [1] }).node(1)
  const disk = new MemoryDisk()
  for (const wrong of [{ overload: 'never' }, { group: '' }, { voters: [] }]) {
    const options = { machine, group: 'g', transport, voters: [1], storage: disk.open(), ...wrong }
    const opening = openReplica(options as unknown as ReplicaOptions)
    assert.is(await opening.catch(({ code }) => code), 'BadOption')
  }
  await disk.open().close()
})

test.run()
