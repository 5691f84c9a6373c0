// What all replicas of a run share: the programs and the setting, what they must never do, and what was seen of them.

import type { Machine, SeededFault } from '@quorate/core/simulation'
import { Census } from './events/census.ts'
import { FaultModel } from './fault-model.ts'
import { Bounds } from './invariants/bounds.ts'
import { Invariants } from './invariants/invariants.ts'
import { Programs } from './programs.ts'
import { nodeCount, type Setting } from './setting.ts'
import { Tuner } from './tuner.ts'
import type { Workload } from './workload/workload.ts'

export class Group {
  readonly programs: Programs
  readonly tuner: Tuner
  readonly setting: Setting
  readonly fault: SeededFault | null
  readonly workload: Workload
  readonly invariants: Invariants
  readonly faultModel: FaultModel
  readonly census: Census = new Census()

  constructor(
    machines: readonly Machine[],
    setting: Setting,
    fault: SeededFault | null,
    workload: (group: Group) => Workload,
  ) {
    this.setting = setting
    this.fault = fault
    this.programs = new Programs(setting.upgrade ? machines : machines.slice(-1), this.census)
    this.tuner = new Tuner(setting, this.census)
    this.invariants = new Invariants({
      bounds: new Bounds(setting.limits, nodeCount(setting)),
      possible: [...(setting.upgrade ? ['version'] : []), ...(setting.strangers > 0 ? ['groups'] : [])],
      commitsGivenUp: () => this.census.count('commits given up by force'),
    })
    this.faultModel = new FaultModel(setting.voters)
    this.workload = workload(this)
  }
}
