// The arguments of `npm run nemesis`.

import { parseArgs } from 'node:util'
import { type SeededFault, seededFaults } from '@quorate/testkit/nemesis'
import { positiveNumber, refuseArguments } from '../command-line.ts'

const help = `npm run nemesis -- --minutes M   real corosync daemons and replicas under random faults for M minutes (default 1)
  --seed S      which faults come when (default: drawn, and printed)
  --nodes N     3 to 9 (default 3)
  --storage lmdb  replicas have a disk, so all processes may be killed at once
  --fault RULE  switches a rule of the protocol off: sooner or later the run should then fail
  --keep        keeps history and logs also when all is well
  --json        prints one JSON object on stdout, and what happens on stderr (use npm run --silent)
npm run nemesis -- --help   this text

Exit code 0: the history is linearizable, no confirmed command is missing, none was applied twice, and all replicas hold
the same in the end. 1: not so; history and logs are kept, and it says where. Needs root and corosync.`

export interface NemesisArguments {
  readonly durationMs: number
  readonly seed: number
  readonly nodes: number
  readonly storage: 'lmdb' | null
  readonly fault: SeededFault | undefined
  readonly keep: boolean
  readonly json: boolean
}

const config = {
  options: {
    minutes: { type: 'string' },
    seed: { type: 'string' },
    nodes: { type: 'string' },
    storage: { type: 'string' },
    fault: { type: 'string' },
    keep: { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
} as const

type Run = Pick<NemesisArguments, 'durationMs' | 'seed' | 'nodes' | 'storage' | 'fault'>

/** What to type for a run like this one. */
export function nemesisCommand({ durationMs, seed, nodes, storage, fault }: Run): string {
  const all = [`npm run nemesis -- --minutes ${durationMs / 60_000} --seed ${seed} --nodes ${nodes}`]
  if (storage !== null) all.push(`--storage ${storage}`)
  if (fault !== undefined) all.push(`--fault ${fault}`)
  return all.join(' ')
}

/** Ends the program when they are not what they must be, or ask for help. */
export function readNemesisArguments(): NemesisArguments {
  const {
    minutes = '1',
    seed,
    nodes = '3',
    storage,
    fault,
    keep = false,
    json = false,
    help: wanted,
  } = parse()
  if (wanted === true) {
    console.log(help)
    process.exit(0)
  }
  return {
    durationMs: 60_000 * positiveNumber('minutes', minutes, help),
    seed:
      seed === undefined ? Math.floor(Math.random() * 2 ** 31) : wholeNumber('seed', seed, 0, 2 ** 32 - 1),
    nodes: wholeNumber('nodes', nodes, 3, 9),
    storage: storage === undefined ? null : knownStorage(storage),
    fault: fault === undefined ? undefined : knownFault(fault),
    ...{ keep, json },
  }
}

function parse() {
  try {
    return parseArgs(config).values
  } catch (error) {
    return refuseArguments((error as Error).message, help)
  }
}

function wholeNumber(name: string, text: string, lowest: number, highest: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= lowest && number <= highest) return number
  return refuseArguments(`--${name} is a whole number from ${lowest} to ${highest}, and not ${text}.`, help)
}

function knownStorage(name: string): 'lmdb' {
  return name === 'lmdb' ? name : refuseArguments(`--storage is lmdb, and not ${name}.`, help)
}

function knownFault(name: string): SeededFault {
  const fault = seededFaults.find((each) => each === name)
  return fault ?? refuseArguments(`There is no rule ${name}; there are: ${seededFaults.join(', ')}.`, help)
}
