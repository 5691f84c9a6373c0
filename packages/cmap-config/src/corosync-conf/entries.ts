// What a corosync.conf consists of, in the order of the file (corosync.conf(5), exec/coroparse.c). Blank lines and
// indentation are layout and are not kept; comments are.

/** One `key: value` line. Corosync knows only text here; what a value means is up to who reads the key. */
export interface ConfKey {
  readonly type: 'key'
  readonly key: string
  value: string
}

/** A line that starts with `#`; `text` is what follows it, trimmed. */
export interface ConfComment {
  readonly type: 'comment'
  readonly text: string
}

/** `name { … }`. Sections of one name may follow one another, such as `node` and `interface`. */
export interface ConfSection {
  readonly type: 'section'
  readonly name: string
  readonly entries: ConfEntry[]
}

export type ConfEntry = ConfKey | ConfComment | ConfSection

/** The sections directly in `entries` that are called `name`, in order. */
export function sectionsNamed(entries: readonly ConfEntry[], name: string): ConfSection[] {
  return entries.filter((entry) => entry.type === 'section').filter((section) => section.name === name)
}

/** The line that counts for `key`: corosync lets a later one replace an earlier one. */
export function lastKey(entries: readonly ConfEntry[], key: string): ConfKey | undefined {
  return entries.filter((entry) => entry.type === 'key').findLast((entry) => entry.key === key)
}
