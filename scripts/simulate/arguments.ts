// The arguments of `npm run simulate`.

import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type SeededFault, type SettingChoice, seededFaults } from '@quorate/testkit/simulation'
import { refuseArguments, refuseUnparsed } from '../command-line.ts'
import { senseless, settingNames } from './combinations.ts'

const help = `npm run simulate -- --seeds N     plays the runs of N seeds (default 1000)
  --from S           the first seed (default 1)
  --nodes 3|5|7      voters; --learners L: nodes behind them that do not vote
  --no-disks         nothing outlives a process; never with the policy votequorum
  --policy P         majority or votequorum
  --operator O       never forces, only when asked, or hasty; --strangers N: nodes configured wrongly
  --upgrade yes|no   versions of the machine change under load
  --steps N          steps of the faulty phase
  --jobs J           worker processes (default: one for each core)
What is not given is drawn from each seed.
npm run simulate -- --seed X [--trace]   plays one seed again, shrinks it when it fails, and prints the end of its trace
npm run simulate -- --seeded-faults [FAULT ...]   switches rules off, one at a time, and looks which seed notices
  --fault FAULT      with --seed or --seeds: this rule is switched off
  --json             with all three: prints one JSON object and nothing else (use npm run --silent)
npm run simulate -- --help   this text`

const numbers = ['seeds', 'from', 'nodes', 'learners', 'strangers', 'steps', 'jobs', 'seed'] as const
const voterCounts = [3, 5, 7]
const operators = ['never', 'asked', 'hasty'] as const

export interface SimulateArguments {
  readonly seeds: number
  readonly from: number
  readonly jobs: number
  readonly choice: SettingChoice
  /** The arguments that name the setting, for a command that plays a seed again. */
  readonly given: string
  readonly fault: SeededFault | undefined
  /** Those to be tried; none: all. */
  readonly faults: readonly SeededFault[]
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
    operator: { type: 'string' },
    upgrade: { type: 'string' },
    strangers: { type: 'string' },
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
  const refusal = senseless(values)
  if (refusal !== undefined) refuseArguments(refusal, help)
  const number = (name: (typeof numbers)[number]): number | undefined => wholeNumber(name, values[name])
  const nodes = number('nodes')
  if (nodes !== undefined && !voterCounts.includes(nodes))
    refuseArguments(`--nodes is 3, 5 or 7, and not ${nodes}.`, help)
  if (positionals.length > 0 && values['seeded-faults'] !== true)
    refuseArguments(
      `${positionals[0]} stands alone; a fault is named behind --seeded-faults or --fault.`,
      help,
    )
  const upgrade = oneOf('upgrade', values.upgrade, ['yes', 'no'])
  return {
    seeds: atLeastOne('seeds', number('seeds') ?? 1000),
    from: number('from') ?? 1,
    jobs: atLeastOne('jobs', number('jobs') ?? availableParallelism()),
    choice: {
      nodes,
      learners: number('learners'),
      steps: number('steps'),
      policy: oneOf('policy', values.policy, ['majority', 'votequorum']),
      operator: oneOf('operator', values.operator, operators),
      upgrade: upgrade && upgrade === 'yes',
      strangers: number('strangers'),
      ...(values['no-disks'] === true && { disks: false }),
    },
    given: givenOf(values),
    fault: oneOf('fault', values.fault, seededFaults),
    faults: positionals.flatMap((name) => oneOf('seeded-faults', name, seededFaults) ?? []),
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
    return refuseUnparsed(error, help)
  }
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text)
  return refuseArguments(`--${name} is a whole number, and not ${text}.`, help)
}

function atLeastOne(name: string, number: number): number {
  if (number > 0) return number
  return refuseArguments(`--${name} is at least 1, and not ${number}.`, help)
}

function oneOf<Word extends string>(
  name: string,
  text: string | undefined,
  words: readonly Word[],
): Word | undefined {
  const word = words.find((each) => each === text)
  if (word !== undefined || text === undefined) return word
  return refuseArguments(`--${name} is one of ${words.join(', ')}, and not ${text}.`, help)
}

function givenOf(values: ReturnType<typeof parse>['values']): string {
  const given = [...settingNames, 'fault' as const].filter((name) => values[name] !== undefined)
  return given.map((name) => ` --${name}${values[name] === true ? '' : ` ${values[name]}`}`).join('')
}
