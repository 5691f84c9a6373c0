// How far long work is, where somebody watches.

import type { LongWork } from '../backup/write-backup.ts'
import type { Surroundings } from './surroundings.ts'

/** Often enough to see that it goes on. */
const intervalMs = 200

/** @param done what becomes of the bytes: `read` */
export async function watched<T>(
  { progress, signal }: Surroundings,
  done: string,
  work: (work: LongWork) => Promise<T>,
): Promise<T> {
  if (progress === undefined) return work({ signal })
  let shownMs = performance.now()
  const show = (bytes: number): void => {
    const nowMs = performance.now()
    if (nowMs - shownMs < intervalMs) return
    shownMs = nowMs
    progress(`${Math.floor(bytes / 2 ** 20)} MiB ${done}`)
  }
  try {
    return await work({ signal, progress: show })
  } finally {
    progress('')
  }
}
