// The replica of one node through all lives of its process.

import type { ClusterNode } from '../cluster/node.ts'
import type { ReplicaSettings } from './orders.ts'
import type { Machinery } from './power.ts'
import { ReplicaProcess, type ReplicaProcessOptions, type TimedReport } from './replica-process.ts'

export interface ReplicaSlotOptions extends Pick<ReplicaProcessOptions, 'program'> {
  readonly settingsOf: (nodeid: number) => ReplicaSettings
  /** Of the process that runs now. */
  readonly onReport: (nodeid: number, report: TimedReport) => void
  /** The process ended, and nobody had killed it. */
  readonly onCrash: (nodeid: number, lastWords: string) => void
}

export class ReplicaSlot implements Machinery {
  /** The present one, or the last. */
  process: ReplicaProcess
  readonly #node: ClusterNode
  readonly #options: ReplicaSlotOptions

  /** Starts it. */
  constructor(node: ClusterNode, options: ReplicaSlotOptions) {
    this.#node = node
    this.#options = options
    this.process = this.#spawn()
  }

  get running(): boolean {
    return this.process.alive
  }

  async start(): Promise<void> {
    this.process = this.#spawn()
  }

  kill(signal: NodeJS.Signals): Promise<void> {
    return this.process.kill(signal)
  }

  #spawn(): ReplicaProcess {
    const { program, settingsOf, onReport, onCrash } = this.#options
    return new ReplicaProcess(this.#node, {
      ...{ program, settings: settingsOf(this.#node.id) },
      onReport: (report) => onReport(this.#node.id, report),
      onCrash: (lastWords) => onCrash(this.#node.id, lastWords),
    })
  }
}
