// How the programs of this folder read their arguments: an error shows the help, and never a stack.

import { parseArgs } from 'node:util'

export interface CommandLine {
  readonly names: readonly string[]
  readonly flags: ReadonlySet<string>
}

/** Ends the program with a message about its arguments. */
export function refuseArguments(message: string, help: string): never {
  console.error(`${message}\n\n${help}`)
  process.exit(2)
}

/** Ends the program with what parseArgs has thrown. Node adds how to pass such a word as a name, which nobody wants. */
export function refuseUnparsed(error: unknown, help: string): never {
  return refuseArguments((error as Error).message.replace(/\.? To specify a positional .*/s, ''), help)
}

/** A number above 0, or the end of the program. */
export function positiveNumber(name: string, text: string, help: string): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text)
  return refuseArguments(`--${name} is a number above 0, and not ${text}.`, help)
}

function parse(flags: readonly string[], help: string): CommandLine {
  const options = Object.fromEntries(flags.map((flag) => [flag, { type: 'boolean' as const }]))
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options })
    return { names: positionals, flags: new Set(Object.keys(values)) }
  } catch (error) {
    return refuseUnparsed(error, help)
  }
}

/** Reads this program's arguments: names, and those of `flags` that are given. `--help` prints `help` and ends. */
export function readCommandLine(flags: readonly string[], help: string): CommandLine {
  const line = parse([...flags, 'help'], help)
  if (!line.flags.has('help')) return line
  console.log(help)
  process.exit(0)
}
