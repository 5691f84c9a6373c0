// Machines that a ledger's log is not for.

import { defineMachine } from '@quorate/core'

export const other = defineMachine({ name: 'other', version: 1, initial: () => ({}), reducers: {} })

export const newer = defineMachine({
  ...{ name: 'ledger', version: 4, minimumVersion: 3, initial: () => ({}), reducers: {} },
  migrate: (state: unknown) => state,
})
