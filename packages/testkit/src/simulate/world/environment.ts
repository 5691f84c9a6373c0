// What all parts of one world share: the time, chance, the counters and the trace, and how this run is shaped.

import type { Traits } from './faults.ts'
import { Random } from './random.ts'
import { Statistics, type WorldEventKind, worldEventKinds } from './statistics.ts'
import { Trace } from './trace.ts'

export class Environment {
  /** Virtual time since the beginning, in whole microseconds. */
  nowUs = 0
  /** No faults: everything that waits goes on. */
  calm = true
  /** The node that gave the network a message last; 0: none yet. */
  lastSender = 0
  /** The chance of the step that is being played. */
  readonly random: Random = new Random(0)
  readonly statistics: Statistics<WorldEventKind> = new Statistics(worldEventKinds)
  readonly trace: Trace
  readonly traits: Traits

  constructor(traits: Traits, traceLinesMax: number) {
    this.traits = traits
    this.trace = new Trace(traceLinesMax)
  }

  count(kind: WorldEventKind): void {
    this.statistics.count(kind)
  }

  /** Whether anybody reads: what happens often asks before it makes a text. */
  get isRead(): boolean {
    return this.trace.isReadable
  }

  /** Tells the reader, not the digest; the text is made only when somebody reads. */
  note(text: () => string): void {
    if (this.isRead) this.trace.line(`${(this.nowUs / 1000).toFixed(3)} ms  ${text()}`)
  }
}
