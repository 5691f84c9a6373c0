// Which files run beside each other.

import { constants, getPriority } from 'node:os'
import { test } from 'uvu'
import { is } from 'uvu/assert'
import { runAll } from './run-all.ts'

interface Ran {
  readonly isCluster: boolean
  readonly beginMs: number
  readonly endMs: number
  readonly priority: number
}

/** The same file by two paths. */
const unitPath = 'scripts/fixtures/tells-when.ts'
const clusterPath = `./${unitPath}`

async function ranWhen(unit: number, cluster: number): Promise<Ran[]> {
  const results = await runAll({
    unit: Array(unit).fill(unitPath),
    cluster: Array(cluster).fill(clusterPath),
  })
  return results.map(({ path, output }) => {
    const [, beginMs, endMs, priority] = /^ran (\S+) to (\S+) at (\S+)$/m.exec(output) ?? []
    const isCluster = path === clusterPath
    return { isCluster, beginMs: Number(beginMs), endMs: Number(endMs), priority: Number(priority) }
  })
}

/** At the most crowded moment. */
function atOnce(ran: readonly Ran[]): number {
  const during = (ms: number): number =>
    ran.filter(({ beginMs, endMs }) => beginMs <= ms && ms < endMs).length
  return Math.max(...ran.map(({ beginMs }) => during(beginMs)))
}

test('clusters run one after the other, and beside them one of the other files, which yields', async () => {
  const ran = await ranWhen(2, 2)
  is(ran.length, 4)
  is(atOnce(ran.filter(({ isCluster }) => isCluster)), 1)
  is(atOnce(ran), 2)
  for (const { isCluster, priority } of ran)
    is(priority, isCluster ? getPriority() : Math.min(getPriority() + 5, constants.priority.PRIORITY_LOW))
})

test('without clusters two files run at a time', async () => {
  is(atOnce(await ranWhen(4, 0)), 2)
})

test('without others clusters run one after the other', async () => {
  is(atOnce(await ranWhen(0, 2)), 1)
})

test.run()
