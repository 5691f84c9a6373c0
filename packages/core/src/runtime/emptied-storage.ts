// A storage on which a replica begins anew: it finds nothing, and its first write sets aside what is there. So there is
// no moment at which a crash would leave neither.

import type { LoopStorage } from './ports.ts'

export function emptied({ write }: LoopStorage): LoopStorage {
  let isFirst = true
  return {
    stored: null,
    write(each, done) {
      // Parts say nothing of what is there.
      const setsAside = isFirst && each.part === undefined
      write(setsAside ? { ...each, setAside: true } : each, done)
      isFirst &&= !setsAside
    },
  }
}
