// cs_error_t as corosync/corotypes.h numbers it.

const statuses = {
  CS_OK: 1,
  CS_ERR_LIBRARY: 2,
  CS_ERR_VERSION: 3,
  CS_ERR_INIT: 4,
  CS_ERR_TIMEOUT: 5,
  CS_ERR_TRY_AGAIN: 6,
  CS_ERR_INVALID_PARAM: 7,
  CS_ERR_NO_MEMORY: 8,
  CS_ERR_BAD_HANDLE: 9,
  CS_ERR_BUSY: 10,
  CS_ERR_ACCESS: 11,
  CS_ERR_NOT_EXIST: 12,
  CS_ERR_NAME_TOO_LONG: 13,
  CS_ERR_EXIST: 14,
  CS_ERR_NO_SPACE: 15,
  CS_ERR_INTERRUPT: 16,
  CS_ERR_NAME_NOT_FOUND: 17,
  CS_ERR_NO_RESOURCES: 18,
  CS_ERR_NOT_SUPPORTED: 19,
  CS_ERR_BAD_OPERATION: 20,
  CS_ERR_FAILED_OPERATION: 21,
  CS_ERR_MESSAGE_ERROR: 22,
  CS_ERR_QUEUE_FULL: 23,
  CS_ERR_QUEUE_NOT_AVAILABLE: 24,
  CS_ERR_BAD_FLAGS: 25,
  CS_ERR_TOO_BIG: 26,
  CS_ERR_NO_SECTIONS: 27,
  CS_ERR_CONTEXT_NOT_FOUND: 28,
  CS_ERR_TOO_MANY_GROUPS: 30,
  CS_ERR_SECURITY: 100,
} as const

/** The name of a `cs_error_t` other than `CS_OK`. */
export type StatusCode = Exclude<keyof typeof statuses, 'CS_OK'>

/** The value of `CS_OK`. */
export const statusOk: number = statuses.CS_OK

/** The value of `CS_ERR_TRY_AGAIN`. */
export const statusTryAgain: number = statuses.CS_ERR_TRY_AGAIN

/** The value of `CS_ERR_BAD_HANDLE`. */
export const statusBadHandle: number = statuses.CS_ERR_BAD_HANDLE

const codes = new Map(Object.entries(statuses).map(([code, status]) => [status as number, code]))

/** The name of `status`; a value that corotypes.h does not list is `CS_ERR_LIBRARY` (a newer library's). */
export function statusCode(status: number): StatusCode {
  return (codes.get(status) ?? 'CS_ERR_LIBRARY') as StatusCode
}

/** Every code with its number, for tests and documentation. */
export function allStatuses(): readonly (readonly [code: string, status: number])[] {
  return Object.entries(statuses)
}
