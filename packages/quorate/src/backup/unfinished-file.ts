// A file that has its name when it is whole and on disk, and not before. What it held until then goes.

import { createHash, type Hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { QuorateError } from '@quorate/core'

/** Written at once. */
const writeBytes = 2 ** 20

export class UnfinishedFile {
  readonly #file: string
  readonly #unfinished: string
  readonly #handle: FileHandle
  readonly #hash: Hash = createHash('sha256')
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  /** Written and pending. */
  bytes = 0

  private constructor(file: string, unfinished: string, handle: FileHandle) {
    this.#file = file
    this.#unfinished = unfinished
    this.#handle = handle
  }

  /** @throws {QuorateError} `BadOption`: `file` is there */
  static async create(file: string): Promise<UnfinishedFile> {
    checkAbsent(file)
    const unfinished = join(dirname(file), `.${basename(file)}.${process.pid}.unfinished`)
    // It holds all that the group knows.
    return new UnfinishedFile(file, unfinished, await open(unfinished, 'wx', 0o600))
  }

  async add(...parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) {
      this.#hash.update(part)
      this.#pending.push(part)
      this.#pendingBytes += part.length
      this.bytes += part.length
    }
    if (this.#pendingBytes >= writeBytes) await this.#flush()
  }

  /** The SHA-256 of all that was added, which follows it; then it has its name. */
  async finish(): Promise<Buffer> {
    const digest = this.#hash.copy().digest()
    await this.add(digest)
    await this.#flush()
    await this.#handle.sync()
    await this.#handle.close()
    checkAbsent(this.#file)
    await rename(this.#unfinished, this.#file)
    await syncFolder(dirname(this.#file))
    return digest
  }

  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {})
    await rm(this.#unfinished, { force: true })
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pending)
    this.#pending = []
    this.#pendingBytes = 0
    let at = 0
    while (at < bytes.length) at += (await this.#handle.write(bytes, at)).bytesWritten
  }
}

function checkAbsent(file: string): void {
  if (existsSync(file))
    throw new QuorateError(
      'BadOption',
      `${file} is there already, and nothing is written over it: choose another name`,
    )
}

/** A name that was given is on disk when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
