// From a backup's file to what was stored. All bytes are held against the digest, and the entries against the chain, before
// anything of it is given out.

import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { QuorateError, type Stored } from '@quorate/core'
import { chainAfter, decodeBody, decodeRecord } from '@quorate/core/encoding'
import { endOf } from '@quorate/core/tools'
import { FileCursor, TooShort } from './file-cursor.ts'
import { digestBytes, endHead, format, type Header, kinds, magic, prefixBytes } from './layout.ts'
import type { LongWork } from './write-backup.ts'

/** A backup that was read; the snapshot's pieces are read until it is closed. */
export interface Backup {
  readonly stored: Stored
  readonly fileBytes: number
  /** As `BackupSummary.digest`. */
  readonly digest: string
  close(): Promise<void>
}

/**
 * @throws {QuorateError} `Malformed`: it is damaged, or no backup; `VersionTooNew`; `StorageFailed`: it cannot be read
 * @throws the signal's reason
 */
export async function openBackup(file: string, work: LongWork = {}): Promise<Backup> {
  const handle = await open(file, 'r').catch((cause: Error) => {
    throw new QuorateError('StorageFailed', `The backup ${file} cannot be read: ${cause.message}`, { cause })
  })
  try {
    const found = await handle.stat()
    if (found.isDirectory()) throw new Damage('it is a directory, and no backup of a replica')
    const { size } = found
    await checkPrefix(handle, size)
    const digest = await checkDigest(handle, size, work)
    const stored = await readStored(handle, size)
    return { stored, fileBytes: size, digest, close: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw named(file, error as Error)
  }
}

/** What is wrong with the bytes. */
class Damage extends Error {}

const cutOff = 'it ends too early, as a copy does that was cut off'

function named(file: string, error: Error): Error {
  if (error instanceof TooShort) return named(file, new Damage(cutOff))
  if (!(error instanceof Damage)) return error
  const message = `The backup ${file} cannot be used: ${error.message}. Nothing was done; take another copy of it, or another backup`
  return new QuorateError('Malformed', message)
}

async function checkPrefix(handle: FileHandle, size: number): Promise<void> {
  const found = await new FileCursor(handle, 0, size).take(Math.min(size, prefixBytes))
  const begun = found.subarray(0, magic.length)
  if (!begun.equals(magic.subarray(0, begun.length)) || size === 0)
    throw new Damage('it is no backup of a replica')
  if (found.length < prefixBytes) throw new TooShort()
  const written = found.readUInt32BE(magic.length)
  if (written === 0) throw new Damage('its format has no number, so bytes of it have changed')
  if (written > format)
    throw new QuorateError(
      'VersionTooNew',
      `The backup has format ${written}, and this program knows up to ${format}: take a newer one`,
    )
}

/** Returns it. */
async function checkDigest(
  handle: FileHandle,
  size: number,
  { progress, signal }: LongWork,
): Promise<string> {
  const end = size - digestBytes
  if (end < prefixBytes + endHead.length) throw new TooShort()
  const hash = createHash('sha256')
  const cursor = new FileCursor(handle, 0, size)
  let last: Buffer = Buffer.alloc(0)
  while (cursor.position < end) {
    signal?.throwIfAborted()
    const bytes = await cursor.take(Math.min(2 ** 20, end - cursor.position))
    hash.update(bytes)
    last = Buffer.concat([last.subarray(-endHead.length), bytes])
    progress?.(cursor.position)
  }
  if (!last.subarray(-endHead.length).equals(endHead)) throw new TooShort()
  const digest = await cursor.take(digestBytes)
  if (!hash.digest().equals(digest)) throw new Damage('its bytes are not those that were written (SHA-256)')
  return digest.toString('hex')
}

async function readStored(handle: FileHandle, size: number): Promise<Stored> {
  const end = size - digestBytes
  const cursor = new FileCursor(handle, prefixBytes, end)
  const {
    owner,
    snapshot,
    start,
    end: last,
  } = JSON.parse((await bodyOf(cursor, kinds.header)).toString()) as Header
  const record = decodeRecord(await bodyOf(cursor, kinds.record))
  if (record === undefined) throw new Damage('what it holds as record is none')
  const piecesFrom = cursor.position
  let head = await cursor.head()
  for (; head.kind === kinds.piece; head = await cursor.head()) cursor.skip(head.bytes)
  const entries: Stored['entries'][number][] = []
  let { chain } = start
  for (; head.kind === kinds.entry; head = await cursor.head()) {
    const payload = plain(await cursor.take(head.bytes))
    const body = decodeBody(payload)
    if (body === undefined) throw new Damage(`entry ${start.index + entries.length + 1} is none`)
    chain = chainAfter(chain, payload)
    entries.push({ body, payload, chain })
  }
  const pieces = piecesOf(handle, piecesFrom, end)
  const stored = { owner, record, snapshot: snapshot && { ...snapshot, pieces }, start, entries }
  checkPositions(stored, last)
  return stored
}

async function bodyOf(cursor: FileCursor, kind: number): Promise<Buffer> {
  const head = await cursor.head()
  if (head.kind !== kind) throw new Damage(`a part of kind ${head.kind} stands where one of ${kind} belongs`)
  return cursor.take(head.bytes)
}

function checkPositions(stored: Stored, { index, chain }: Stored['start']): void {
  const end = endOf(stored)
  if (end.index !== index || end.chain !== chain)
    throw new Damage(`its entries end at ${end.index}, and are not those up to ${index} that it names`)
  const { snapshot, start, entries } = stored
  if (snapshot === null) return
  const at = snapshot.index === start.index ? start : entries[snapshot.index - start.index - 1]
  if (at?.chain !== snapshot.chain)
    throw new Damage(`its snapshot at ${snapshot.index} does not belong to its entries`)
}

async function* piecesOf(handle: FileHandle, from: number, end: number): AsyncGenerator<Uint8Array> {
  const cursor = new FileCursor(handle, from, end)
  for (let head = await cursor.head(); head.kind === kinds.piece; head = await cursor.head())
    yield plain(await cursor.take(head.bytes))
}

/** Whoever gets it knows of no buffers. */
const plain = ({ buffer, byteOffset, length }: Buffer): Uint8Array =>
  new Uint8Array(buffer, byteOffset, length)
