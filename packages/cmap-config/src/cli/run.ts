// The commands of `quorate-cmap`.

import { CorosyncError } from '@quorate/corosync-ffi'
import { Cmap } from '../cmap/cmap.ts'
import type { CmapType } from '../cmap/values.ts'
import type { ConfigMap } from '../config-map.ts'
import { FileMap } from '../file-map/file-map.ts'
import { type CliArguments, help, readArguments, UsageError } from './arguments.ts'
import { json, type Show, text } from './show.ts'
import { readType, readValue } from './value.ts'

/** Where the program prints, and what ends it. */
export interface Surroundings {
  out(line: string): void
  problem(line: string): void
  /**
   * Aborted by Ctrl-C from this call on, and when nobody reads any more. Before it Ctrl-C ends the program at once,
   * whatever it waits for: a daemon that hangs gives no answer.
   */
  untilEnded(): AbortSignal
}

/** Runs the program; its exit code. */
export async function run(args: readonly string[], io: Surroundings): Promise<number> {
  try {
    const given = readArguments(args)
    if (given === 'help') io.out(help)
    else await perform(given, io)
    return 0
  } catch (error) {
    if (!(error instanceof Error)) throw error
    io.problem(error instanceof UsageError ? `${error.message}\n\n${help}` : error.message)
    return error instanceof UsageError ? 2 : 1
  }
}

async function perform(given: CliArguments, io: Surroundings): Promise<void> {
  if (given.command === 'set' || given.command === 'delete') {
    const cmap = await openCmap(given, io)
    await write(cmap, given).finally(() => cmap.close())
    return
  }
  const { file } = given
  const failed = ({ message }: Error): void => io.problem(`${message} What was read last stays.`)
  const map = file === undefined ? await openCmap(given, io) : await FileMap.open({ path: file, failed })
  await read(map, given, io).finally(() => map.close())
}

/** Longer than a daemon takes to answer that is only busy. */
const patienceMs = 2000

function openCmap({ map }: CliArguments, io: Surroundings): Promise<Cmap> {
  const patience = setTimeout(() => io.problem(noAnswer), patienceMs)
  return Cmap.open({
    map,
    down: ({ message }) => io.problem(`Waiting for corosync: ${message}`),
    up: () => io.problem('Corosync is back.'),
  }).finally(() => clearTimeout(patience))
}

const noAnswer = 'Corosync runs and does not answer: it may hang. Waiting; Ctrl-C ends this.'

async function write(cmap: Cmap, { command, operands }: CliArguments): Promise<void> {
  if (command === 'delete') for (const key of operands) await cmap.delete(key)
  else await set(cmap, operands)
}

async function set(cmap: Cmap, operands: readonly string[]): Promise<void> {
  const [key = '', ...words] = operands
  const word = words.at(-1) ?? ''
  const type = words.length > 1 ? readType(words[0] ?? '') : await typeOf(cmap, key)
  await cmap.set(key, type, readValue(type, word))
}

async function typeOf(cmap: Cmap, key: string): Promise<CmapType> {
  try {
    return (await cmap.get(key)).type
  } catch (error) {
    if (!(error instanceof CorosyncError && error.code === 'CS_ERR_NOT_EXIST')) throw error
    throw new Error(`${key} is not there yet, so it needs a type: quorate-cmap set ${key} TYPE VALUE.`)
  }
}

async function read(map: ConfigMap, given: CliArguments, io: Surroundings): Promise<void> {
  const { command, operands } = given
  const show = given.json ? json : text
  if (command === 'watch') await watch(map, operands[0] ?? '', show, io)
  else if (command === 'list') for (const entry of await map.entries(operands[0])) io.out(show.entry(entry))
  else for (const key of operands) io.out(show.entry({ key, ...(await map.get(key)) }))
}

async function watch(map: ConfigMap, prefix: string, show: Show, io: Surroundings): Promise<void> {
  const signal = io.untilEnded()
  for await (const changes of map.changes({ prefix }, { signal })) io.out(show.changes(changes))
}
