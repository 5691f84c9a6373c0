// Time limits on waiting for others.

/** The value of `work`, or of `otherwise()` when it takes longer than `ms`. `work` itself is not stopped. */
export async function within<T>(ms: number, work: Promise<T>, otherwise: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = Symbol('late')
  const limit = new Promise<typeof late>((resolve) => {
    timer = setTimeout(resolve, ms, late)
  })
  const first = await Promise.race([work, limit]).finally(() => clearTimeout(timer))
  return first === late ? otherwise() : first
}
