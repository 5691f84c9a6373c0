// What to use instead of what a machine must not ask for.

export const time = 'use ctx.now, or give the time to the command as input'
export const chance = 'use ctx.random() or ctx.id(), or give the value to the command as input'
export const later = 'use ctx.schedule'
export const outside = 'do it before submit, and give its outcome to the command as input'
export const synchronous = 'it answers later. Use the function of the same name that ends in Sync'
export const spoken = 'say it with console, which may be used'
export const zone =
  "it goes by the node's time zone: use getTime, toISOString and the functions with UTC in their names"
export const zoneless =
  "it goes by the node's time zone where the text names none: end the text with Z, or use Date.UTC"
export const locale = "it goes by the node's locale: compare with < and >, format where the state is shown"
