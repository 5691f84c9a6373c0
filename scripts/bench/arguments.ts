// The arguments of `npm run bench`.

import { parseArgs } from 'node:util'
import { positiveNumber, refuseArguments, refuseUnparsed } from '../command-line.ts'

const help = `npm run bench -- NAME     runs the bench of that name (bench/NAME.ts) and prints a table
  --quick      measures shortly: rougher figures
  --minutes M  measures for M minutes (memory)
  --json       prints one JSON object and nothing else (use npm run --silent)
  --check      exits with 1 and names what misses its goal (bench/goals.json)
npm run bench -- --list   names the benches
npm run bench -- --help   this text`

export interface BenchArguments {
  readonly names: readonly string[]
  readonly quick: boolean
  readonly minutes: number | undefined
  readonly json: boolean
  readonly check: boolean
  readonly list: boolean
}

const config = {
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
} as const

/** Ends the program when they are not what they must be, or ask for help. */
export function readBenchArguments(): BenchArguments {
  const { values, positionals: names } = parse()
  const { help: wanted, minutes, ...flags } = values
  if (wanted) {
    console.log(help)
    process.exit(0)
  }
  return {
    ...flags,
    names,
    minutes: minutes === undefined ? undefined : positiveNumber('minutes', minutes, help),
  }
}

/** Ends the program: these arguments do not fit the benches that there are. */
export function refuseBenchArguments(message: string): never {
  return refuseArguments(message, help)
}

function parse() {
  try {
    return parseArgs(config)
  } catch (error) {
    return refuseUnparsed(error, help)
  }
}
