// One process of an ensemble: an engine with its machine and its disk, and what it was told to do.

import type { Member } from '../identity.ts'
import type { Disk } from './disk.test-support.ts'
import type { Engine } from './engine.ts'
import type { Input } from './input.ts'
import { ModelMachine } from './model-machine.test-support.ts'
import type { Notice, Output, PersistOutput } from './output.ts'
import { describeNotice } from './transcript.test-support.ts'

/** Its id is its node id; those above 100 are further processes of the node id modulo 100. */
export class Actor {
  readonly id: number
  readonly engine: Engine
  readonly machine: ModelMachine
  readonly disk: Disk
  /** Writes wait until `Ensemble.sync`. */
  slow = false
  /** It is a member, and does nothing. */
  hung = false
  readonly notices: Notice[] = []
  readonly readable: number[] = []
  /** What the machine held when a read was answered last. */
  wordsRead: readonly string[] = []
  readonly expired: number[] = []
  readonly waiting: { readonly token: number }[] = []
  stopped: string | null = null
  requests = 0
  /** A snapshot that comes, or that came last. */
  readonly incoming: number[] = []
  held: { index: number; bytes: Uint8Array; offset: number } = {
    index: 0,
    bytes: new Uint8Array(),
    offset: 0,
  }

  constructor(id: number, engine: Engine, machine: ModelMachine, disk: Disk) {
    this.id = id
    this.engine = engine
    this.machine = machine
    this.disk = disk
  }

  get state(): Engine['state'] {
    return this.engine.state
  }

  get member(): Member {
    return { nodeid: this.id % 100, pid: this.id }
  }

  /** What keeps it from an epoch, as said last. */
  get obstacle(): string {
    return this.state.obstacle?.reason ?? 'none'
  }

  /** Returns the input that an output leads to at once. */
  perform(output: Output, say: (line: string) => void): Input | null {
    const { machine } = this
    const own = this.state.self.incarnation
    switch (output.type) {
      case 'persist':
        return this.#persist(output)
      case 'apply':
        return machine.apply(
          output.first,
          output.entries.map(({ body }) => body),
          own,
        )
      case 'restore-part':
        this.incoming.length = output.offset
        this.incoming.push(...output.part)
        return this.#written(output)
      case 'restore':
        return machine.restore(Uint8Array.from(this.incoming), own)
      case 'drop-restore':
        this.incoming.length = 0
        return null
      case 'set-aside':
        return machine.restore(new ModelMachine().snapshot(), own)
      case 'take-snapshot':
        return this.#hold()
      case 'take-piece':
        return this.#piece(output.bytes)
      case 'drop-snapshot':
        return null
      default:
        this.#note(output, say)
        return null
    }
  }

  #persist(output: PersistOutput): Input | null {
    this.disk.write(output, Uint8Array.from(this.incoming))
    return this.#written(output)
  }

  #written(output: { readonly token: number }): Input | null {
    if (this.slow) {
      this.waiting.push(output)
      return null
    }
    this.disk.sync(output.token)
    return { type: 'stored', token: output.token }
  }

  #hold(): Input {
    this.held = { index: this.machine.index, bytes: this.machine.snapshot(), offset: 0 }
    return { type: 'snapshot', index: this.machine.index }
  }

  #piece(count: number): Input {
    const { index, bytes, offset } = this.held
    const piece = bytes.subarray(offset, offset + count)
    this.held.offset += piece.length
    return { type: 'piece', index, offset, piece, last: this.held.offset === bytes.length }
  }

  #note(output: Output, say: (line: string) => void): void {
    if (output.type === 'readable') {
      this.readable.push(...output.reads)
      this.wordsRead = [...this.machine.words]
    }
    if (output.type === 'expired') this.expired.push(...output.numbers)
    if (output.type === 'notice') {
      this.notices.push(output.notice)
      say(`${this.id}! ${describeNotice(output.notice)}`)
    }
    if (output.type === 'stop') {
      this.stopped = output.reason
      say(`${this.id}! stopped: ${output.reason}`)
    }
  }
}
