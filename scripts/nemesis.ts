// `npm run nemesis`: replicas on real corosync daemons under random faults, and whether all stayed as it must.
// Design: docs/nemesis.md.

import { fileURLToPath } from 'node:url'
import { clusterUnavailable } from '@quorate/testkit'
import { runNemesis } from '@quorate/testkit/nemesis'
import { nemesisCommand, readNemesisArguments } from './nemesis/arguments.ts'
import { explainEvidence, keepEvidence } from './nemesis/evidence.ts'
import { summaryOf } from './nemesis/summary.ts'
import { corosyncSteps } from './steps/debian.ts'
import { runSteps } from './steps/step.ts'
import { temporaryFolder } from './temporary-folder.ts'

const program = fileURLToPath(new URL('./nemesis/replica.ts', import.meta.url))
const { json, keep, ...options } = readNemesisArguments()
const storageFolder = options.storage === null ? null : temporaryFolder('nemesis')
// stdout is the object's alone.
if (json) console.log = console.error

/** With this process the kernel ends all that it started: see CorosyncCluster. */
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.on(signal, () => {
    console.error(`${signal}: the cluster ends.`)
    process.exit(code)
  })

async function main(): Promise<void> {
  const { seed, nodes, storage, durationMs } = options
  console.log(`Seed ${seed}, ${nodes} nodes, ${storage ?? 'no'} storage, ${durationMs / 60_000} min.`)
  const { result, evidence } = await runNemesis({
    ...options,
    storageFolder,
    program,
    log: (line) => console.log(line),
  })
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  console.log(`\n${summaryOf(result)}`)
  const isFine = result.verdict === 'ok'
  if (keep || !isFine) console.log(`\n${explainEvidence(keepEvidence(result, evidence))}`)
  if (isFine) return
  process.exitCode = 1
  console.log(`The same faults again: ${nemesisCommand(options)}`)
}

await runSteps(corosyncSteps())
const reason = clusterUnavailable()
if (reason === null) await main()
else {
  console.error(`The nemesis runs on a cluster of real daemons. ${reason}`)
  process.exitCode = 1
}
