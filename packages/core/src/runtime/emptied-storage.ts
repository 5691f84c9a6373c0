// A storage on which a replica begins anew: it finds nothing, and its first write sets aside what is there. So there is
// no moment at which a crash would leave neither.

import type { LoopStorage } from './ports.ts'

export function emptied({ write }: LoopStorage): LoopStorage {
  let isFirst = true
  return {
    stored: null,
    write(each, done) {
      write(isFirst ? { ...each, setAside: true } : each, done)
      isFirst = false
    },
  }
}
