// Why a command is rejected. The codes are what clients match; nothing has changed when one is heard.

import { Rejection } from '@quorate/core'

export type RejectionCode =
  | 'bad-request'
  | 'no-session'
  | 'session-exists'
  | 'no-lock'
  | 'not-holder'
  | 'deadlock'
  | 'upgrade-refused'
  | 'permits-differ'
  | 'draining'
  | 'too-many-sessions'
  | 'too-many-requests'
  | 'too-many-waiters'
  | 'too-many-locks'
  | 'too-many-values'

export function reject(code: RejectionCode, message: string, data?: unknown): never {
  throw new Rejection(code, message, data)
}
