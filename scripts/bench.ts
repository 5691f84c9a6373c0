// `npm run bench -- NAME`: measures, and compares with the goals.

import { clusterUnavailable } from '@quorate/testkit'
import { readBenchArguments, refuseBenchArguments } from './bench/arguments.ts'
import { goalFaults, type JudgedRow, readGoals, withGoals } from './bench/goals.ts'
import { benchNames, loadBench } from './bench/load.ts'
import { formatTable, formatVersions } from './bench/table.ts'
import { machineVersions } from './bench/versions.ts'
import { corosyncSteps } from './steps/debian.ts'
import { runSteps } from './steps/step.ts'

const { names, quick, minutes, json, check, list } = readBenchArguments()

async function listBenches(): Promise<void> {
  for (const name of benchNames()) console.log(`${name}: ${(await loadBench(name)).description}`)
}

function print(name: string, rows: readonly JudgedRow[], versions: Record<string, string>): void {
  if (json) process.stdout.write(`${JSON.stringify({ bench: name, versions, rows })}\n`)
  else console.log(`${formatTable(rows)}\n\n${formatVersions(versions)}`)
}

/** Installs what is missing for real daemons, or ends the program with what to do. */
async function requireCluster(name: string): Promise<void> {
  await runSteps(corosyncSteps())
  const reason = clusterUnavailable()
  if (reason === null) return
  console.error(`The bench ${name} runs on a cluster of real daemons. ${reason}`)
  process.exit(1)
}

async function measure(name: string): Promise<void> {
  const bench = await loadBench(name)
  if (minutes !== undefined && bench.takesMinutes !== true)
    refuseBenchArguments(`The bench ${name} measures as long as it needs: leave --minutes out.`)
  // stdout is the object's alone, whatever the bench and its helpers say.
  if (json) console.log = console.error
  if (bench.needsCluster === true) await requireCluster(name)
  const result = await bench.run({ quick, minutes, progress: (line) => console.error(line) })
  const goals = readGoals(name)
  print(name, withGoals(result.rows, goals), { ...machineVersions(), ...result.versions })
  if (!check) return
  const faults = goalFaults(result.rows, goals)
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length > 0 ? 1 : 0
}

const [name] = names
if (list) await listBenches()
else if (names.length !== 1 || name === undefined || !benchNames().includes(name)) {
  refuseBenchArguments(`Name one bench; there are: ${benchNames().join(', ') || 'none'}.`)
} else await measure(name)
