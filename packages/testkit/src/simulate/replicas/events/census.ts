// Counts what happens to the replicas of one run, by looking at the steps of their engines.

import type { Notice, Output, State } from '@quorate/core/simulation'
import { Statistics } from '../../world/statistics.ts'
import type { Step } from '../watch.ts'
import { chosenEvents } from './choice.ts'
import { type ReplicaEventKind, replicaEventKinds } from './kinds.ts'
import { TransferCensus } from './transfer.ts'

type Message = Extract<Output, { type: 'send' }>['message']

const refusals: ReadonlySet<string> = new Set([
  'promised',
  'missed',
  'unlisted',
  'quorum',
  'room',
  'stranger',
])
const obstacles: ReadonlySet<string> = new Set(['no-quorum', 'bootstrap', 'ambiguous', 'version', 'groups'])

export class Census {
  readonly statistics: Statistics<ReplicaEventKind> = new Statistics(replicaEventKinds)
  readonly #transfers: TransferCensus = new TransferCensus((kind) => this.count(kind))

  count(kind: ReplicaEventKind): void {
    this.statistics.count(kind)
  }

  started(nodeid: number, state: State): void {
    this.#transfers.started(nodeid)
    if (state.log.last === 0) return
    this.count('restarted from a disk')
    if (state.applied > 0) this.count('restarted from a snapshot')
    if (state.possible > state.certain) this.count('restarted with acks of unknown fate')
  }

  noticed(nodeid: number, notice: Notice): void {
    if (notice.notice === 'adopted') this.count('epoch adopted')
    else if (notice.notice === 'left') this.count('epoch left')
    else if (notice.notice === 'slow-disk') this.count('left until the disk has caught up')
    else if (notice.notice === 'set-aside') this.count('state set aside')
    else if (notice.notice === 'left-out') this.count('left out: cannot run what was agreed')
    else if (notice.notice === 'intact-minority')
      this.count('installed with fewer than a majority of intact logs')
    else if (notice.notice === 'obstacle' && obstacles.has(notice.obstacle.reason))
      this.count(`obstacle: ${notice.obstacle.reason}` as ReplicaEventKind)
    else if (notice.notice === 'catching-up') this.#transfers.receiving(nodeid)
  }

  stepped(step: Step): void {
    const { input, outputs } = step
    if (input.type === 'message') this.#delivered(step, input.received.message)
    else if (input.type === 'down') this.#wentDown(step)
    else if (input.type === 'compact') this.count('own snapshot stored')
    else if (input.type === 'applied') {
      if (input.passedOver > 0) this.count('command passed over')
      this.#transfers.applied(step.nodeid, input.answered.length)
    }
    for (const output of outputs) if (output.type === 'send') this.#sent(step, output.message)
    this.#transfers.stepped(step)
    if (step.before.adoptions !== step.state.adoptions) this.#adopted(step)
  }

  #delivered({ before, state }: Step, message: Message): void {
    const { installed } = state
    if (message.type === 'prepare' && before.active && !state.active && state.possible > state.certain)
      this.count('promise to a non-participant with acks under way')
    if (message.type === 'install' && installed?.install !== message && state.joiner === null)
      if (before.adoptions === state.adoptions)
        this.count('late INSTALL: of an earlier view, or below the promise')
    if (
      message.type === 'propose' &&
      installed !== null &&
      installed.install.ballot.number !== message.ballot.number
    )
      this.count('PROPOSE of another epoch dropped')
  }

  #wentDown({ before, state }: Step): void {
    if (before.active && state.possible > state.certain) this.count('daemon death with acks under way')
  }

  #sent({ input, state }: Step, message: Message): void {
    if (message.type === 'prepare') {
      this.count('round begun')
      if (input.type === 'time') this.count('round begun by a timer')
    } else if (message.type === 'refuse' && refusals.has(message.reason))
      this.count(`REFUSE: ${message.reason}` as ReplicaEventKind)
    else if (message.type === 'fetch' && input.type === 'time') this.count('donor stalled')
    else if (message.type === 'install' && state.round !== null)
      for (const kind of chosenEvents(state, message)) this.count(kind)
  }

  #adopted({ before, state }: Step): void {
    if (state.installed?.install.forced === true) this.count('forced epoch adopted')
    if (before.last > (state.installed?.install.base ?? before.last)) this.count('tail cut at adoption')
    if (state.unsent.length > 0) this.count('commands sent again at adoption')
    if (state.unsentMarkers.length > 0) this.count('marker sent again at adoption')
  }
}
