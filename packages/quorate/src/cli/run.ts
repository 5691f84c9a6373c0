// The commands of `quorate`.

import { resolve } from 'node:path'
import { endOf, upTo } from '@quorate/core/tools'
import { openBackup } from '../backup/read-backup.ts'
import { type LongWork, writeBackup } from '../backup/write-backup.ts'
import { restore } from '../restore.ts'
import { openSource, type Source } from '../source.ts'
import { type CliArguments, help, readArguments, UsageError } from './arguments.ts'
import { inspection } from './inspection.ts'
import { logLines } from './log-lines.ts'
import { watched } from './progress.ts'
import { replayed } from './replayed.ts'
import { backupText, inspectionText, replayText, restoreText } from './show.ts'
import type { Surroundings } from './surroundings.ts'

/** Runs the program; its exit code. */
export async function run(args: readonly string[], io: Surroundings): Promise<number> {
  try {
    const given = readArguments(args)
    if (given === 'help') await io.out(help)
    else await perform(given, io)
    return 0
  } catch (error) {
    if (!(error instanceof Error)) throw error
    io.problem(error instanceof UsageError ? `${error.message}\n\n${help}` : error.message)
    return error instanceof UsageError ? 2 : 1
  }
}

async function perform(given: CliArguments, io: Surroundings): Promise<void> {
  if (given.command === 'restore') return restoreFrom(given, io)
  const source = await watched(io, 'read', (work) => openSource(given.source, given.aside, work))
  try {
    await reading[given.command](given, source, io)
  } finally {
    await source.close()
  }
}

type Reading = (given: CliArguments, source: Source, io: Surroundings) => Promise<void>

const reading: Readonly<Record<'inspect' | 'log' | 'replay' | 'backup', Reading>> = {
  async inspect({ json }, source, io) {
    const found = await inspection(source, io.signal)
    await io.out(json ? JSON.stringify(found) : inspectionText(found))
  },
  async log({ json, from, to }, { stored }, io) {
    for (const line of logLines(stored, { json, from, to })) {
      io.signal.throwIfAborted()
      await io.out(line)
    }
  },
  async replay({ json, machine = '', export: name, to }, { stored }, io) {
    const found = await replayed(upTo(stored, to ?? stored.record.commit), machine, name, io.signal)
    await io.out(replayText(found, json))
  },
  async backup({ json, target, to }, { stored }, io) {
    const cut = to === undefined ? stored : upTo(stored, to)
    const summary = await watched(io, 'written', (work) => writeBackup(resolve(target), cut, work))
    await io.out(json ? JSON.stringify(summary) : backupText(summary))
  },
}

async function restoreFrom(given: CliArguments, io: Surroundings): Promise<void> {
  const { source, target, json, node: nodeid, voters, policy, group } = given
  const checked = await watched(io, 'read', (work: LongWork) => openBackup(resolve(source), work))
  try {
    const { stored } = checked
    const path = resolve(target)
    const options = { nodeid, voters, policy, group }
    const { owner, record } = await watched(io, 'written', (work) => restore(stored, path, options, work))
    const found = { path, owner, voters: record.voters, group: record.group, index: endOf(stored).index }
    await io.out(json ? JSON.stringify(found) : restoreText(found))
  } finally {
    await checked.close()
  }
}
