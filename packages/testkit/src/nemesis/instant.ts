// The clock of histories. On Linux it is one for all processes of the machine, also in other network namespaces.

/** Milliseconds of the machine's monotonic clock. */
export function instantMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
