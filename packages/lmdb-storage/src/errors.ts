// What can be wrong with a storage, in words for whoever is called at night: which path, what was found, what to do.

import { QuorateError } from '@quorate/core'

/** What `done` gets: nothing more is written here. */
export function writeFailed(path: string, cause: Error): QuorateError {
  const { said, todo } = explain(cause)
  return new QuorateError(
    'StorageFailed',
    `The storage in ${path} could not write: ${said}. What was confirmed before is on disk; ${todo}, then open the ` +
      'replica again',
    { cause },
  )
}

/** What `openLmdbStorage` throws where the operating system or LMDB has refused something. */
export function openFailed(path: string, cause: Error): QuorateError {
  if (cause instanceof QuorateError) return cause
  const { said, todo } = explain(cause)
  return new QuorateError('StorageFailed', `The storage in ${path} cannot be opened: ${said}; ${todo}`, {
    cause,
  })
}

/** Bytes are not those that were written. */
export function damaged(path: string, found: string): QuorateError {
  return new QuorateError(
    'Malformed',
    `The storage in ${path} is damaged: ${found}. Nothing in it was changed. Look for the cause (the kernel's log, the ` +
      "disk's own tests); then move the directory away, keep it, and open the replica with an empty one: it fetches " +
      'the state from the others, as long as a majority of the voters still has it',
  )
}

/** The directory cannot be used as it is. */
export function unusable(path: string, found: string, todo: string, cause?: unknown): QuorateError {
  return new QuorateError(
    'BadOption',
    `openLmdbStorage: ${path} ${found}. Nothing in it was changed; ${todo}`,
    cause === undefined ? {} : { cause },
  )
}

/** Nothing can be read in the directory as it is. */
export function unreadable(path: string, found: string, todo: string): QuorateError {
  return new QuorateError('BadOption', `No storage can be read: ${path} ${found}; ${todo}`)
}

interface Explanation {
  readonly said: string
  readonly todo: string
}

const noRoom = 'make room on its file system'

/** LMDB gives the number of the operating system's error, Node its name. */
function explain({ message, code }: Error & { readonly code?: unknown }): Explanation {
  if (code === 'ENOSPC' || code === 28) return { said: 'its file system is full (ENOSPC)', todo: noRoom }
  if (code === 'EDQUOT' || code === 122) return { said: 'its quota is used up (EDQUOT)', todo: noRoom }
  if (code === 'EIO' || code === 5)
    return {
      said: 'an input/output error (EIO)',
      todo: "look at the kernel's log and at the disk, and replace what is broken",
    }
  if (code === 'FileTooLarge') return { said: message, todo: 'raise fileBytesMax' }
  return { said: message.replace(/\.$/, ''), todo: 'see to that' }
}
