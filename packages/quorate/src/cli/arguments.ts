// The arguments of `quorate`.

import { parseArgs } from 'node:util'

export const help = `quorate: what a replica has on disk

  quorate inspect DIR                        whose it is, what it has promised, its snapshot and its log
  quorate log DIR                            the log, one line for each entry
  quorate replay DIR --machine FILE          the state, by the machine that FILE exports
  quorate backup DIR FILE                    writes state and log into one file
  quorate restore FILE DIR                   makes a storage with which a new group begins

  --json         one JSON object on each line
  --aside K      what the replica has set aside in its place: 1 is the oldest     (inspect, log, replay, backup)
  --from N       the first entry                                                  (log)
  --to N         the last entry                                                   (log, replay, backup)
  --machine FILE a .js, .mjs, .ts or .mts that exports it                         (replay)
  --export NAME  which of its exports                                             (replay)
  --node ID      the node that gets the storage; default: as it was               (restore)
  --voters LIST  as 1,2,3; default: as they were                                  (restore)
  --policy P     majority or votequorum; default: as it was                       (restore)
  --group NAME   the group's name; default: as it was                             (restore)
  --help         this text

DIR is the directory that openLmdbStorage was given, of a replica that is closed; only restore writes there. inspect, log,
replay and backup take a backup's FILE as well. replay shows the state at the last entry that the replica knew to be committed, or at --to.
backup takes all entries, or those up to --to.
Exit code 0: done. 1: it could not be done. 2: the arguments are wrong.`

const word = { type: 'string' } as const

const options = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  ...{ aside: word, from: word, to: word, machine: word, export: word },
  ...{ node: word, voters: word, policy: word, group: word },
} as const

export type CommandName = 'inspect' | 'log' | 'replay' | 'backup' | 'restore'

interface Command {
  readonly operands: readonly string[]
  readonly options: readonly string[]
}

const commands: Readonly<Record<CommandName, Command>> = {
  inspect: { operands: ['DIR'], options: ['aside'] },
  log: { operands: ['DIR'], options: ['aside', 'from', 'to'] },
  replay: { operands: ['DIR'], options: ['aside', 'to', 'machine', 'export'] },
  backup: { operands: ['DIR', 'FILE'], options: ['aside', 'to'] },
  restore: { operands: ['FILE', 'DIR'], options: ['node', 'voters', 'policy', 'group'] },
}

/** What to do. */
export interface CliArguments {
  readonly command: CommandName
  /** DIR, or the first of two. */
  readonly source: string
  /** The second; empty: the command takes one. */
  readonly target: string
  readonly json: boolean
  readonly aside: number | undefined
  readonly from: number | undefined
  readonly to: number | undefined
  readonly machine: string | undefined
  readonly export: string | undefined
  readonly node: number | undefined
  readonly voters: readonly number[] | undefined
  readonly policy: 'majority' | 'votequorum' | undefined
  readonly group: string | undefined
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
  checkShape(command, operands, Object.keys(values))
  const { json = false, machine, export: name, group } = values
  if (command === 'replay' && machine === undefined)
    throw new UsageError('replay needs --machine FILE: the file that exports the machine.')
  const [source = '', target = ''] = operands
  return {
    ...{ command, source, target, json, machine, export: name, group },
    aside: number('aside', values.aside),
    from: number('from', values.from),
    to: number('to', values.to),
    node: number('node', values.node),
    voters: values.voters?.split(',').map((each) => number('voters', each) as number),
    policy: policy(values.policy),
  }
}

function checkShape(command: CommandName, operands: readonly string[], given: readonly string[]): void {
  const { operands: wanted, options: known } = commands[command]
  const missing = wanted[operands.length]
  if (missing !== undefined) throw new UsageError(`${command} needs ${missing}: see below.`)
  if (operands.length > wanted.length)
    throw new UsageError(`${command} does not take "${operands[wanted.length]}".`)
  const surplus = given.find((name) => name !== 'json' && !known.includes(name))
  if (surplus !== undefined) throw new UsageError(`${command} does not take --${surplus}.`)
}

function number(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const value = Number(given)
  if (!/^\d+$/.test(given) || !Number.isSafeInteger(value))
    throw new UsageError(`--${name} takes whole numbers, and not "${given}".`)
  return value
}

function policy(given: string | undefined): CliArguments['policy'] {
  if (given === undefined || given === 'majority' || given === 'votequorum') return given
  throw new UsageError(`--policy is majority or votequorum, and not ${given}.`)
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options })
  } catch (error) {
    // Node adds how to pass such a word as a name; the help says it.
    throw new UsageError((error as Error).message.replace(/\.? To specify a positional .*/s, '.'))
  }
}

function isCommand(given: string | undefined): given is CommandName {
  return given !== undefined && Object.hasOwn(commands, given)
}
