// From what is stored to a backup's file.

import { QuorateError, type Stored } from '@quorate/core'
import { encodeRecord } from '@quorate/core/encoding'
import { endOf } from '@quorate/core/tools'
import { endHead, frameHead, type Header, kinds, prefix } from './layout.ts'
import { UnfinishedFile } from './unfinished-file.ts'

/** How one hears of work that takes its time, and ends it. */
export interface LongWork {
  /** Is told how many bytes are done, now and then. */
  readonly progress?: ((bytes: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** What was written. */
export interface BackupSummary {
  readonly file: string
  readonly bytes: number
  /** SHA-256 of all but itself, in hexadecimal; the file ends with it. */
  readonly digest: string
  /** Of the last entry. */
  readonly index: number
}

/**
 * @param file absolute
 * @throws {QuorateError} `BadOption`, `StorageFailed`; what reading `stored` throws. Nothing is left then
 */
export async function writeBackup(
  file: string,
  stored: Stored,
  { progress, signal }: LongWork = {},
): Promise<BackupSummary> {
  const unfinished = await attempt(file, () => UnfinishedFile.create(file))
  try {
    for await (const frame of framesOf(stored)) {
      signal?.throwIfAborted()
      await attempt(file, () => unfinished.add(...frame))
      progress?.(unfinished.bytes)
    }
    const digest = await attempt(file, () => unfinished.finish())
    return { file, bytes: unfinished.bytes, digest: digest.toString('hex'), index: endOf(stored).index }
  } catch (error) {
    await unfinished.discard()
    throw error
  }
}

type Frame = readonly Uint8Array[]

async function* framesOf(stored: Stored): AsyncGenerator<Frame> {
  yield [prefix]
  yield frame(kinds.header, Buffer.from(JSON.stringify(headerOf(stored))))
  yield frame(kinds.record, encodeRecord(stored.record))
  for await (const piece of stored.snapshot?.pieces ?? []) yield frame(kinds.piece, piece)
  for (const { payload } of stored.entries) yield frame(kinds.entry, payload)
  yield [endHead]
}

const frame = (kind: number, bytes: Uint8Array): Frame => [frameHead(kind, bytes.length), bytes]

function headerOf(stored: Stored): Header {
  const { owner, snapshot, start } = stored
  const at = snapshot && { index: snapshot.index, chain: snapshot.chain }
  return { owner, snapshot: at, start, end: endOf(stored) }
}

/** What the file system refuses is said with the file's name. */
async function attempt<T>(file: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof QuorateError) throw cause
    const message = `The backup ${file} could not be written: ${(cause as Error).message}. Nothing of it is left`
    throw new QuorateError('StorageFailed', message, { cause })
  }
}
