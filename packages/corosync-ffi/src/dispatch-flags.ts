// cs_dispatch_flags_t as corosync/corotypes.h numbers it.

export const dispatchFlags: {
  readonly ONE: 1
  readonly ALL: 2
  readonly BLOCKING: 3
  readonly ONE_NONBLOCKING: 4
} = { ONE: 1, ALL: 2, BLOCKING: 3, ONE_NONBLOCKING: 4 }

/** How to dispatch: see cpg_dispatch(3). `ONE` and `BLOCKING` hold the event loop until something comes. */
export type DispatchFlag = keyof typeof dispatchFlags
