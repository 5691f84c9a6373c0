// `npm start`: one reducer on three members, fed through the ordered transport.

import { parseArgs } from 'node:util'
import { clusterUnavailable } from '@quorate/testkit'
import { runInMemory } from './in-memory.ts'
import { runOnCorosync } from './on-corosync.ts'
import type { Report } from './tour.ts'

const help = `Usage: npm start -- [--corosync] [--json]

Three members join a group, submit commands at the same time, and apply all of
them in one order, through one reducer.

  --corosync  three real corosync daemons on this machine, one process each
              (needs root and corosync); without it, all in this process
  --json      print the members' reports as one JSON object
  --help      this text`

function readOptions(): { corosync: boolean; json: boolean; help: boolean } {
  const flag = { type: 'boolean', default: false } as const
  try {
    return parseArgs({ options: { corosync: flag, json: flag, help: flag } }).values
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    process.exit(2)
  }
}

function print(reports: readonly Report[], corosync: boolean): void {
  const place = corosync ? 'on three corosync nodes' : 'on the in-memory network'
  console.log(`Three members ${place} submit commands at the same time:\n`)
  for (const { nodeid, order, value, digest } of reports) {
    console.log(
      `  member ${nodeid} applied the commands of ${order.join(' ')}: value ${value}, state ${digest}`,
    )
  }
  console.log(`\n${agree(reports) ? agreed : differed}\n\n${limits}`)
}

function agree(reports: readonly Report[]): boolean {
  return new Set(reports.map((report) => report.digest)).size === 1
}

const agreed = 'All three applied the same commands in the same order.'
const differed = 'The members DIFFER: this is a defect; please report it.'
const limits = `This is the ordered transport alone: a command is answered when its own multicast comes back.
It has no log yet: a member that joins late has no past, and a member that is cut off answers
commands that the others never get.`

const options = readOptions()
if (options.help) {
  console.log(help)
} else if (options.corosync && clusterUnavailable() !== null) {
  console.error(`No corosync cluster can be started here: ${clusterUnavailable()}`)
  process.exitCode = 1
} else {
  const reports = options.corosync ? await runOnCorosync((line) => console.error(line)) : await runInMemory()
  if (options.json)
    console.log(JSON.stringify({ transport: options.corosync ? 'cpg' : 'memory', reports }, null, 2))
  else print(reports, options.corosync)
  if (!agree(reports)) process.exitCode = 1
}
