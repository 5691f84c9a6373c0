// What a call on a map is told that cannot be reached, now or for good.

import { CorosyncError } from '@quorate/corosync-ffi'

const away =
  'The daemon is away, and is connected to again when it runs (`up`). Whether a change that was under way was made is not known.'

/** The error of `call`: `CS_ERR_LIBRARY` when the daemon has ended, `CLOSED` when the map was closed. */
export function endedError(call: string, endedBy: 'daemon' | 'close'): CorosyncError {
  return endedBy === 'daemon'
    ? new CorosyncError('CS_ERR_LIBRARY', call, away)
    : new CorosyncError('CLOSED', call, 'The map was closed.')
}
