// A channel on handles that do as they are told: what cannot be brought about with a daemon at will.

import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { suite } from 'uvu'
import { equal, is, not } from 'uvu/assert'
import { CpgChannel } from './channel.ts'
import { Cpg } from './cpg.ts'
import type { CpgHandlers } from './cpg-types.ts'
import { Quorum } from './quorum.ts'

const test = suite('channel')

const self = { nodeid: 1, pid: 7 }
const options = { messageBytesMax: 1000, queueBytesMax: 1000, queueMessagesMax: 10, packBytesMax: 100 }

/** Handles that are not freed yet. */
let handles = 0

/** The handle of a daemon that has no room until `hasRoom`. */
class BusyCpg {
  readonly self = self
  readonly atomicBytesMax = 1000
  readonly open = true
  hasRoom = false
  readonly #handlers: CpgHandlers

  constructor(handlers: CpgHandlers) {
    handles += 1
    this.#handlers = handlers
  }

  async join(): Promise<void> {
    const member = { ...self, reason: 'JOIN' } as const
    setImmediate(() => {
      this.#handlers.confchg?.({ group: 'g', members: [member], joined: [member], left: [] })
      this.#handlers.totemConfchg?.({ ring: { nodeid: 1, seq: 4n }, nodeids: [1] })
      afterView()
    })
  }

  expel(): void {
    this.#handlers.confchg?.({ group: 'g', members: [], joined: [], left: [{ ...self, reason: 'LEAVE' }] })
  }

  mcast(): boolean {
    return this.hasRoom
  }

  async close(): Promise<void> {
    this.#free()
  }

  #free = (): void => {
    this.#free = () => {}
    handles -= 1
  }
}

class IdleQuorum extends BusyCpg {
  readonly type = 'set'

  track(): void {}
}

let cpg: BusyCpg
/** Behind the first view of a handle, on the same turn of the event loop. */
let afterView = (): void => {}
const { open: openCpg } = Cpg
const { open: openQuorum } = Quorum

test.before(() => {
  Cpg.open = async (handlers = {}) => {
    cpg = new BusyCpg(handlers)
    return cpg as unknown as Cpg
  }
  Quorum.open = async () => new IdleQuorum({}) as unknown as Quorum
})

test.after(() => {
  Cpg.open = openCpg
  Quorum.open = openQuorum
})

test('room that comes while it closes is told to nobody: nothing can be sent any more', async () => {
  const told: string[] = []
  const channel = await CpgChannel.join('g', options, ({ type }) => void told.push(type))
  await turn()
  while (channel.send(new Uint8Array(90)));
  const closed = channel.close()
  cpg.hasRoom = true
  await closed
  equal(told, ['view'])
})

test('room that comes before is told', async () => {
  const told: string[] = []
  const channel = await CpgChannel.join('g', options, ({ type }) => void told.push(type))
  while (channel.send(new Uint8Array(90)));
  cpg.hasRoom = true
  await sleep(50)
  not.equal(told.indexOf('drain'), -1)
  is(channel.send(new Uint8Array(90)), true)
  await channel.close()
})

test('one that closes while it joins again frees all, though it is expelled at once', async () => {
  const channel = await CpgChannel.join('g', options, () => {})
  await turn()
  const closed = new Promise((resolve) => {
    afterView = () => {
      afterView = () => {}
      resolve(channel.close())
      cpg.expel()
    }
  })
  cpg.expel()
  await closed
  await sleep(5)
  is(handles, 0)
})

test.run()
