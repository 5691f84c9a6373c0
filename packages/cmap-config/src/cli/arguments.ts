// The arguments of `quorate-cmap`.

import { parseArgs } from 'node:util'
import type { CmapMap } from '../cmap/open-connection.ts'

export const help = `quorate-cmap: the configuration map of this node's corosync, or a file

  quorate-cmap get KEY ...             shows keys, with their types
  quorate-cmap set KEY [TYPE] VALUE    sets a key; TYPE may be left out for a key that is there
  quorate-cmap delete KEY ...          removes keys
  quorate-cmap list [PREFIX]           shows all keys that begin with PREFIX
  quorate-cmap watch [PREFIX]          shows what changes, as old → new, until Ctrl-C; a reload as one

  --json       one JSON object on each line; int64 and uint64 as strings, binary in hexadecimal
  --file PATH  reads a .json file or a corosync.conf instead: get, list, watch
  --map stats  reads the daemon's statistics instead: get, list, watch
  --help       this text

TYPE is int8, uint8, int16, uint16, int32, uint32, int64, uint64, float, double, string or binary (in hexadecimal); also as
corosync-cmapctl says it: i8, u8, … flt, dbl, str, bin. A VALUE that begins with - stands behind --.
Exit code 0: done. 1: it could not be done. 2: the arguments are wrong.`

export type CommandName = 'get' | 'set' | 'delete' | 'list' | 'watch'

interface Command {
  readonly atLeast: number
  readonly atMost: number
  readonly writes: boolean
}

/** How many arguments a command takes, and whether it writes. */
const commands: Readonly<Record<CommandName, Command>> = {
  get: { atLeast: 1, atMost: Number.POSITIVE_INFINITY, writes: false },
  set: { atLeast: 2, atMost: 3, writes: true },
  delete: { atLeast: 1, atMost: Number.POSITIVE_INFINITY, writes: true },
  list: { atLeast: 0, atMost: 1, writes: false },
  watch: { atLeast: 0, atMost: 1, writes: false },
}

/** What to do. */
export interface CliArguments {
  readonly command: CommandName
  /** What follows the command. */
  readonly operands: readonly string[]
  readonly json: boolean
  readonly file: string | undefined
  readonly map: CmapMap
}

/** The arguments are not what they must be; the message says why. */
export class UsageError extends Error {}

/**
 * Reads the arguments that follow the program's name; `'help'`: that is what they ask for.
 *
 * @throws {UsageError}
 */
export function readArguments(args: readonly string[]): CliArguments | 'help' {
  const { values, positionals } = parse(args)
  if (values.help === true) return 'help'
  const [command, ...operands] = positionals
  if (!isCommand(command))
    throw new UsageError(command === undefined ? 'Which command?' : `There is no command ${command}.`)
  const { atLeast, atMost, writes } = commands[command]
  if (operands.length < atLeast) throw new UsageError(`${command} needs more: see below.`)
  if (operands.length > atMost) throw new UsageError(`${command} does not take "${operands[atMost]}".`)
  const { file, map = 'icmap', json = false } = values
  if (map !== 'icmap' && map !== 'stats') throw new UsageError(`--map is icmap or stats, and not ${map}.`)
  if (file !== undefined && values.map !== undefined)
    throw new UsageError('A file has no maps: --file or --map.')
  if (writes && file !== undefined)
    throw new UsageError(`${command} changes the map of a daemon; a file is changed with an editor.`)
  if (writes && map === 'stats') throw new UsageError(`${command}: the statistics are read-only.`)
  return { command, operands, json, file, map }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        file: { type: 'string' },
        map: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    // Node adds how to pass such a word as a name; the help says it.
    throw new UsageError((error as Error).message.replace(/\.? To specify a positional .*/s, '.'))
  }
}

function isCommand(word: string | undefined): word is CommandName {
  return word !== undefined && Object.hasOwn(commands, word)
}
