// Writes a corosync.conf in one layout: four spaces per level, a blank line around the outermost sections.

import type { CorosyncConf } from './corosync-conf.ts'
import type { ConfEntry } from './entries.ts'

/** The text of `conf`; `parseCorosyncConf` makes equal data of it again. */
export function formatCorosyncConf(conf: CorosyncConf): string {
  const lines = conf.entries.flatMap((entry, index) => {
    const gap = needsGap(conf.entries[index - 1], entry) ? [''] : []
    return [...gap, ...formatEntry(entry, '')]
  })
  return lines.map((line) => `${line}\n`).join('')
}

/** A comment stays with what follows it. */
function needsGap(before: ConfEntry | undefined, entry: ConfEntry): boolean {
  return before?.type === 'section' || (before?.type === 'key' && entry.type === 'section')
}

function formatEntry(entry: ConfEntry, indent: string): string[] {
  switch (entry.type) {
    case 'key':
      return [`${indent}${entry.key}: ${entry.value}`.trimEnd()]
    case 'comment':
      return [`${indent}# ${entry.text}`.trimEnd()]
    case 'section': {
      const inner = entry.entries.flatMap((child) => formatEntry(child, `${indent}    `))
      return [`${indent}${entry.name} {`, ...inner, `${indent}}`]
    }
  }
}
