// What all replicas of a run share: the machine and the setting, what they must never do, and what was seen of them.

import type { Machine, SeededFault } from '@quorate/core/simulation'
import { Census } from './events/census.ts'
import { FaultModel } from './fault-model.ts'
import { Bounds } from './invariants/bounds.ts'
import { Invariants } from './invariants/invariants.ts'
import { nodeCount, type Setting } from './setting.ts'
import type { Workload } from './workload/workload.ts'

export class Group {
  readonly machine: Machine
  readonly setting: Setting
  readonly fault: SeededFault | null
  readonly workload: Workload
  readonly invariants: Invariants
  readonly faultModel: FaultModel
  readonly census: Census = new Census()

  constructor(
    machine: Machine,
    setting: Setting,
    fault: SeededFault | null,
    workload: (group: Group) => Workload,
  ) {
    this.machine = machine
    this.setting = setting
    this.fault = fault
    this.invariants = new Invariants(new Bounds(setting.limits, nodeCount(setting)), () =>
      this.census.count('commits given up by force'),
    )
    this.faultModel = new FaultModel(setting.voters)
    this.workload = workload(this)
  }
}
