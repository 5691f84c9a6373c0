// What the two programs' command lines share.

import { type ParseArgsConfig, parseArgs } from 'node:util'

type Flags = NonNullable<ParseArgsConfig['options']>
type Values<T extends Flags> = ReturnType<typeof parseArgs<{ options: T }>>['values']

/** A port from 0 to `most`; `null`: the text is none. */
export function parsePort(text: string, most: number): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : most + 1
  return port <= most ? port : null
}

/** Ends the program: what was asked for is not to be had. */
export function refuse(message: string, help: string): never {
  console.error(`${message}\n\n${help}`)
  process.exit(2)
}

/** The values of the command line. Asked for `--help`, or for what is not to be had: this ends the program. */
export function readFlags<T extends Flags>(flags: T, help: string): Values<T> {
  const values = parse({ ...flags, help: { type: 'boolean' } }, help)
  if (!('help' in values)) return values
  console.log(help)
  process.exit()
}

function parse<T extends Flags>(options: T, help: string): Values<T> {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return refuse((error as Error).message, help)
  }
}
