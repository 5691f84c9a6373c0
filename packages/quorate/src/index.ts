// What a service calls by itself; all else is the program `quorate`.

export { backUp } from './back-up.ts'
export type { BackupSummary, LongWork } from './backup/write-backup.ts'
