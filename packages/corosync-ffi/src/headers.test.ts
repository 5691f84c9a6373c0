// The prototypes of the tables are those of Debian's headers, word for word. The headers are not needed to use the
// package, so the test is skipped where nobody has installed them.

import { existsSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { libcmap } from './libcmap.ts'
import { libcpg } from './libcpg.ts'
import { libquorum } from './libquorum.ts'
import type { Library } from './library.ts'
import { libvotequorum } from './libvotequorum.ts'
import { parsePrototype } from './prototype.ts'

const folder = '/usr/include/corosync'
const headers = [
  { library: libcmap, header: 'cmap.h', debianPackage: 'libcmap-dev' },
  { library: libcpg, header: 'cpg.h', debianPackage: 'libcpg-dev' },
  { library: libquorum, header: 'quorum.h', debianPackage: 'libquorum-dev' },
  { library: libvotequorum, header: 'votequorum.h', debianPackage: 'libvotequorum-dev' },
]

/** Functions of the headers that this package leaves out, with the reason. */
const leftOut: Readonly<Record<string, RegExp>> = {
  'cmap.h': /^$/,
  'cpg.h': /^$/,
  // Model V0, which does not tell the ring; a context, which JavaScript's closures make superfluous.
  'quorum.h': /^quorum_(initialize|context_get|context_set)$/,
  // Only the state of votes is asked for; libquorum notifies, and administrators' tools change votes.
  'votequorum.h': /^votequorum_(?!initialize$|finalize$|getinfo$)/,
}

const words = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ?([(),;]) ?/g, '$1')

const prototypes = ({ table }: Library): readonly string[] => [...table.functions, ...table.callbacks]

function declaredFunctions(header: string): string[] {
  return [...words(header).matchAll(/cs_error_t (\w+)\(/g)].map(([, name]) => name ?? '')
}

for (const { library, header, debianPackage } of headers) {
  const file = `${folder}/${header}`
  const headerTest = existsSync(file) ? test : test.skip
  if (!existsSync(file))
    console.log(`"${file}" is skipped. It is not there: apt-get install ${debianPackage}.`)

  headerTest(`every prototype stands verbatim in ${header}`, () => {
    const declarations = words(readFileSync(file, 'utf8'))
    for (const prototype of prototypes(library)) {
      ok(declarations.includes(`${words(prototype)};`), `not in ${header}: ${prototype}`)
    }
  })

  headerTest(`every function of ${header} is bound, or left out for a reason`, () => {
    const bound = library.table.functions.map((prototype) => parsePrototype(prototype).name)
    const declared = declaredFunctions(readFileSync(file, 'utf8'))
    const expected = declared.filter((name) => leftOut[header]?.test(name) === false)
    equal([...bound].sort(), [...expected].sort())
  })
}

test('no prototype stands twice in a table', () => {
  for (const { library } of headers) {
    const names = prototypes(library).map((prototype) => parsePrototype(prototype).name)
    equal(names, [...new Set(names)])
  }
})

test.run()
