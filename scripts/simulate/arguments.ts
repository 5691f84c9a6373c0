// The arguments of `npm run simulate`.

import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import type { SettingChoice } from '@quorate/testkit/simulation'
import { refuseArguments } from '../command-line.ts'

const help = `npm run simulate -- --seeds N     plays the runs of N seeds (default 1000)
  --from S           the first seed (default 1)
  --nodes 3|5|7      voters; --learners L: nodes behind them that do not vote
  --no-disks         nothing outlives a process
  --policy P         majority or votequorum
  --steps N          steps of the faulty phase
  --jobs J           worker processes (default: one for each core)
  --json             prints one JSON object and nothing else (use npm run --silent)
What is not given is drawn from each seed.
npm run simulate -- --seed X [--trace]   plays one seed again, shrinks it when it fails, and prints the end of its trace
npm run simulate -- --seeded-faults [FAULT ...]   switches rules off, one at a time, and looks which seed notices
  --fault FAULT      with --seed or --seeds: this rule is switched off
npm run simulate -- --help   this text`

const numbers = ['seeds', 'from', 'nodes', 'learners', 'steps', 'jobs', 'seed'] as const

export interface SimulateArguments {
  readonly seeds: number
  readonly from: number
  readonly jobs: number
  readonly choice: SettingChoice
  /** The arguments that name the setting, for a command that plays a seed again. */
  readonly given: string
  readonly fault: string | undefined
  readonly faults: readonly string[]
  readonly seed: number | undefined
  readonly trace: boolean
  readonly json: boolean
  readonly seededFaults: boolean
}

const config = {
  allowPositionals: true,
  options: {
    seeds: { type: 'string' },
    from: { type: 'string' },
    nodes: { type: 'string' },
    learners: { type: 'string' },
    steps: { type: 'string' },
    policy: { type: 'string' },
    jobs: { type: 'string' },
    seed: { type: 'string' },
    fault: { type: 'string' },
    'no-disks': { type: 'boolean' },
    trace: { type: 'boolean' },
    json: { type: 'boolean' },
    'seeded-faults': { type: 'boolean' },
    help: { type: 'boolean' },
  },
} as const

/** Ends the program when they are not what they must be, or ask for help. */
export function readSimulateArguments(): SimulateArguments {
  const { values, positionals } = parse()
  if (values.help === true) {
    console.log(help)
    process.exit(0)
  }
  const number = (name: (typeof numbers)[number]): number | undefined => wholeNumber(name, values[name])
  const { policy } = values
  if (policy !== undefined && policy !== 'majority' && policy !== 'votequorum')
    refuseArguments(`--policy is majority or votequorum, and not ${policy}.`, help)
  return {
    seeds: number('seeds') ?? 1000,
    from: number('from') ?? 1,
    jobs: number('jobs') ?? availableParallelism(),
    choice: {
      nodes: number('nodes'),
      learners: number('learners'),
      steps: number('steps'),
      policy,
      ...(values['no-disks'] === true && { disks: false }),
    },
    given: givenOf(values),
    fault: values.fault,
    faults: positionals,
    seed: number('seed'),
    trace: values.trace === true,
    json: values.json === true,
    seededFaults: values['seeded-faults'] === true,
  }
}

function parse() {
  try {
    return parseArgs(config)
  } catch (error) {
    return refuseArguments((error as Error).message, help)
  }
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text)
  return refuseArguments(`--${name} is a whole number, and not ${text}.`, help)
}

function givenOf(values: ReturnType<typeof parse>['values']): string {
  const settings = (['nodes', 'learners', 'steps', 'policy', 'fault'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`--${name} ${values[name]}`],
  )
  return [...settings, ...(values['no-disks'] === true ? ['--no-disks'] : [])]
    .map((text) => ` ${text}`)
    .join('')
}
