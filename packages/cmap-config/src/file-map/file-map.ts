// A file as a configuration map: the stand-in for machines without corosync. What the file holds is read by read-json.ts
// or read-conf.ts; when it changes, file-watch.ts tells.

import { readFile } from 'node:fs/promises'
import { CorosyncError } from '@quorate/corosync-ffi'
import { covers } from '../changes/covers.ts'
import { deliver } from '../changes/deliver.ts'
import { Iterations } from '../changes/iterations.ts'
import { KnownEntries } from '../changes/known-entries.ts'
import { endedError } from '../cmap/ended-error.ts'
import { bareValue, type CmapType, type CmapValue, type CmapValues } from '../cmap/values.ts'
import type { ChangesOptions, CmapChanges, CmapEntry, CmapKeys, ConfigMap, Tracking } from '../config-map.ts'
import { checkedDelayMs } from '../delay.ts'
import { ConfigFileError } from './error.ts'
import { FileWatch } from './file-watch.ts'
import { readConf } from './read-conf.ts'
import { readJson } from './read-json.ts'

const defaultLookIntervalMs = 200

/** Which file, and how it is followed. */
export interface FileMapOptions {
  readonly path: string
  /** Unless told: `'json'` for a name that ends with `.json`, `'corosync.conf'` for every other. */
  readonly format?: 'json' | 'corosync.conf'
  /** How often the file is looked at; a change is read two looks later. Default: 200. */
  readonly lookIntervalMs?: number
  /**
   * The file has changed and cannot be read, or does not say what it must: what was read last stays. Told once for each
   * change of the file.
   */
  failed?(error: ConfigFileError): void
}

interface FileTracking {
  readonly keys: CmapKeys
  readonly handler: (changes: CmapChanges) => void
}

/**
 * The entries of a JSON file (nested objects become dotted keys, arrays keys by position) or of a corosync.conf, by the
 * names and with the types that corosync would give them. Read-only: who wants a change writes the file, of which all that
 * changed is told as one set, `reload`.
 *
 * @example
 * const map = await FileMap.open({ path: 'service.json', failed: (error) => console.error(error.message) })
 * await map.get('service.limit', 'uint32') // 5, of { "service": { "limit": 5 } }
 */
export class FileMap implements ConfigMap {
  readonly #options: FileMapOptions
  readonly #known = new KnownEntries()
  readonly #trackings = new Set<FileTracking>()
  readonly #iterations = new Iterations(this)
  #watch: FileWatch | undefined
  #closed = false

  private constructor(options: FileMapOptions) {
    this.#options = options
  }

  /**
   * Reads the file, and follows it until `close`.
   *
   * @throws {ConfigFileError} it cannot be read, or does not say what it must; names the line
   * @throws {RangeError} `lookIntervalMs` is no number above 0
   */
  static async open(options: FileMapOptions): Promise<FileMap> {
    const intervalMs = checkedDelayMs('lookIntervalMs', options.lookIntervalMs ?? defaultLookIntervalMs)
    const map = new FileMap(options)
    map.#known.settle(await readEntries(options))
    map.#known.flush()
    map.#watch = new FileWatch(options.path, intervalMs, () => map.#readAgain())
    return map
  }

  get(key: string): Promise<CmapValue>
  get<Type extends CmapType>(key: string, type: Type): Promise<CmapValues[Type]>
  async get(key: string, type?: CmapType): Promise<CmapValue | CmapValues[CmapType]> {
    this.#requireOpen('get')
    const found = this.#known.get(key)
    if (found === undefined)
      throw new CorosyncError('CS_ERR_NOT_EXIST', 'get', `${this.#options.path} has no key "${key}".`)
    return type === undefined ? found : bareValue(found, type, key)
  }

  async entries(prefix = ''): Promise<CmapEntry[]> {
    this.#requireOpen('entries')
    return this.#entries({ prefix })
  }

  async track(keys: CmapKeys, handler: (changes: CmapChanges) => void): Promise<Tracking> {
    this.#requireOpen('track')
    const tracking = { keys, handler }
    this.#trackings.add(tracking)
    return { entries: this.#entries(keys), stop: () => this.#trackings.delete(tracking) }
  }

  changes(keys: CmapKeys, options?: ChangesOptions): AsyncIterableIterator<CmapChanges> {
    return this.#iterations.begin(keys, options)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#trackings.clear()
    await this.#iterations.end()
    await this.#watch?.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #entries(keys: CmapKeys): CmapEntry[] {
    return this.#known.entries.filter(({ key }) => covers(keys, key))
  }

  #requireOpen(call: string): void {
    if (this.#closed) throw endedError(call, 'close')
  }

  async #readAgain(): Promise<void> {
    try {
      this.#known.settle(await readEntries(this.#options))
    } catch (error) {
      if (!(error instanceof ConfigFileError)) throw error
      if (!this.#closed) deliver(this.#options.failed, error)
      return
    }
    this.#tell()
  }

  #tell(): void {
    const all = this.#known.flush()
    // Without those that a handler begins: they know it already. Nor those that one has stopped.
    for (const tracking of [...this.#trackings]) {
      if (!this.#trackings.has(tracking)) continue
      const differences = all.filter(({ key }) => covers(tracking.keys, key))
      if (differences.length > 0) deliver(tracking.handler, { cause: 'reload', differences })
    }
  }
}

async function readEntries({ path, format }: FileMapOptions): Promise<CmapEntry[]> {
  const read =
    (format ?? (path.endsWith('.json') ? 'json' : 'corosync.conf')) === 'json' ? readJson : readConf
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new ConfigFileError(path, undefined, `It cannot be read (${(error as Error).message}).`, error)
  }
  return read(text, path)
}
