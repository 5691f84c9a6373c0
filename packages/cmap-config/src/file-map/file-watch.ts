// Tells when a file has another content, however it came: written in place, replaced by another file, or reached by a
// symlink that was replaced, as Kubernetes does. So it looks at what the path leads to, again and again; the kernel's
// notifications (fs.watch) are about the file that once was there.

import { stat } from 'node:fs/promises'

/** A change is told when the file has been the same for two looks: not while it is being written. */
export class FileWatch {
  readonly #path: string
  readonly #intervalMs: number
  readonly #changed: () => Promise<void>
  #seen = ''
  #told = ''
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  #closed = false

  /** Tells of what is there now, too: between a first read and the first look it may have changed. */
  constructor(path: string, intervalMs: number, changed: () => Promise<void>) {
    this.#path = path
    this.#intervalMs = intervalMs
    this.#changed = changed
    this.#later()
  }

  /** Nothing is told any more when this is fulfilled. */
  close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    return this.#looking
  }

  #later(): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => this.#later())
    }, this.#intervalMs)
  }

  async #look(): Promise<void> {
    const seen = await appearance(this.#path)
    const quiet = seen === this.#seen
    this.#seen = seen
    if (!quiet || seen === this.#told) return
    this.#told = seen
    await this.#changed()
  }
}

/** What differs when the content does: a file that is written again within a tick of its clock is not quiet yet. */
async function appearance(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join()
  } catch (error) {
    // That it cannot be looked at is an appearance, too: reading it will say why.
    return String(error)
  }
}
