import { test } from 'uvu'
import { equal, match } from 'uvu/assert'
import { untilWhole } from './calm.ts'
import type { Fault } from './faults.ts'
import type { ReplicaStanding } from './orders.ts'
import type { Stage } from './stage.ts'

type Part = Pick<ReplicaStanding, 'primary' | 'members'>

/** A stage on which all is as it is; `happened` tells what was waited for. */
function stageOf(parts: readonly Part[], happened: string[], faults: readonly Fault[] = []): Stage {
  const replicas = parts.map((part) => ({
    async waitForStanding(what: string, holds: (standing: Part) => boolean): Promise<void> {
      if (!holds(part)) throw new Error(`never ${what}`)
    },
  }))
  const settled = async (): Promise<void> => void happened.push('settled')
  const untilRing = async (): Promise<void> => void happened.push('ring')
  return { faults, replicas, settled, untilRing } as unknown as Stage
}

const current = { primary: true, members: [1, 2, 3] }

test('a stage is whole when every replica is current, once corosync is', async () => {
  const happened: string[] = []
  await untilWhole(stageOf([current, current, current], happened))
  equal(happened, ['settled', 'ring'])
})

test('one replica that is stuck, or alone, is noticed although a majority works', async () => {
  for (const stuck of [
    { ...current, primary: false },
    { primary: true, members: [3] },
  ]) {
    const whole = untilWhole(stageOf([current, current, stuck], []))
    match(String(await whole.catch(String)), /never current with all/)
  }
})

test.run()
