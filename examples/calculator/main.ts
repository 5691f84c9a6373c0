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
  --help      this text
`

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
  console.log(
    `Three members ${corosync ? 'on three corosync nodes' : 'on the in-memory network'}, group "counter":\n`,
  )
  for (const { nodeid, submitted, applied, answers, digest } of reports) {
    const line = `submitted ${submitted}, applied ${applied}, own visits numbered ${answers.join(' ')}, state ${digest}`
    console.log(`  member ${nodeid}: ${line}`)
  }
  console.log(`\n  state: ${JSON.stringify(reports[0]?.values)}`)
  console.log(
    agree(reports)
      ? '\nAll three applied the same commands in the same order.'
      : '\nThe members DIFFER: this is a defect; please report it.',
  )
  console.log(
    '\nThis is the ordered transport alone: a command is answered when its own multicast comes back.\n' +
      'It has no log yet: a member that joins late has no past, and a cut-off node answers what others never get.',
  )
}

function agree(reports: readonly Report[]): boolean {
  return new Set(reports.map((report) => report.digest)).size === 1
}

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
