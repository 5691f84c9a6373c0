// What the entries of a file are, and which line is at fault. That a daemon makes the same of a corosync.conf is shown in
// test/cmap-file.test.ts.

import { suite } from 'uvu'
import { equal, throws } from 'uvu/assert'
import type { CmapEntry } from '../config-map.ts'
import { readConf } from './read-conf.ts'
import { readJson } from './read-json.ts'

const test = suite('entries of a file')

const lines = (entries: CmapEntry[]): string[] =>
  entries.map(({ key, type, value }) => `${key} ${type} ${value}`)

test('JSON: objects become dotted keys, arrays keys by position, and each value has a type', () => {
  const text = `{
    "service": { "limits": [1, -1, 4294967295, 4294967296, 18446744073709551615], "ratio": 0.5, "name": "x", "on": true, "off": false },
    "dotted.key": 1,
    "totem": { "config_version": 3, "interface": [{ "mcastport": 5405 }] },
    "quorum": { "two_node": 1 },
    "nothing": { "list": [], "object": {} }
  }`
  equal(lines(readJson(text, 'f')), [
    'service.limits.0 uint32 1',
    'service.limits.1 int64 -1',
    'service.limits.2 uint32 4294967295',
    'service.limits.3 int64 4294967296',
    'service.limits.4 uint64 18446744073709551615',
    'service.ratio double 0.5',
    'service.name string x',
    'service.on string yes',
    'service.off string no',
    'dotted.key uint32 1',
    'totem.config_version uint64 3',
    'totem.interface.0.mcastport uint16 5405',
    'quorum.two_node uint8 1',
  ])
})

for (const [what, text, problem] of [
  ['a missing comma', '{\n"one": 1\n"two": 2 }', /^f, line 3: This is no JSON: Comma expected\.$/],
  ['a comment', '{}\n// x', /^f, line 2: This is no JSON: Invalid comment token\.$/],
  ['nothing', '', /^f, line 1: This is no JSON/],
  ['no object', '\n[1]', /^f, line 1: The outermost must be an object/],
  ['null', '{\n"key": null }', /^f, line 2: "key" is null.* leave the key out/],
  [
    'a key twice',
    '{ "a": { "b.c": 1 },\n"a.b": { "c": 1 } }',
    /^f, line 2: "a\.b\.c" stands here for the second time/,
  ],
  ['no key', '{\n\n"a b": 1 }', /^f, line 3: "a b" cannot be a key: it takes 3 to 255/],
  [
    'a number without a type',
    '{"key": 18446744073709551616}',
    /^f, line 1: "key": CMAP's uint64 cannot hold/,
  ],
  [
    'a number too large for corosync’s key',
    '{"quorum":{"two_node":256}}',
    /line 1: "quorum\.two_node": .*uint8/,
  ],
  ['a number beyond all doubles', '{\n"key": -1e400 }', /^f, line 2: "key" is larger than a double can be/],
  ['a level that no key leads to', `${'{"a":\n'.repeat(128)}{}`, /^f, line 129: This is below 128 others/],
  ['a file that goes ever deeper', '{"a":['.repeat(100_000), /^f, line 1: This is below 128 others/],
  ['a string with a NUL', '{"key": "a\\u0000"}', /line 1: "key": .*NUL/],
  ['a string that is too long', `{"key": "${'x'.repeat(16_385)}"}`, /line 1: "key": .*16384/],
] as const) {
  test(`JSON: ${what} is an error at its line`, () => {
    throws(
      () => readJson(text, 'f'),
      (error: Error) => problem.test(error.message),
    )
  })
}

test('a key may have 128 names, and text may have any number of braces', () => {
  const deepest = `${'{"a":'.repeat(127)}{"b": "${'['.repeat(200)}"}${'}'.repeat(127)}`
  equal(readJson(deepest, 'f')[0]?.key, `${'a.'.repeat(127)}b`)
})

test('a string may have 16,384 bytes', () => {
  equal(readJson(`{"key": "${'x'.repeat(16_384)}"}`, 'f')[0]?.length, 16_385)
})

test('corosync.conf: sections become dotted keys, with the names and types of a daemon', () => {
  const text = `totem {
  version: 2
  config_version: 3
  cluster_name: demo
  interface {
    linknumber: 1
    mcastport: 5407
  }
}
nodelist {
  node {
    nodeid: 1
    name: one
  }
  node {
    nodeid: 2
  }
}
logging {
  logger_subsys {
    subsys: QUORUM
    debug: on
  }
}
service {
  limit: 5
  limit: 6
}
uidgid {
  uid: root
}`
  equal(lines(readConf(text, 'f')), [
    'totem.version uint32 2',
    'totem.config_version uint64 3',
    'totem.cluster_name string demo',
    'totem.interface.1.mcastport uint16 5407',
    'nodelist.node.0.nodeid uint32 1',
    'nodelist.node.0.name string one',
    'nodelist.node.1.nodeid uint32 2',
    'logging.logger_subsys.QUORUM.subsys string QUORUM',
    'logging.logger_subsys.QUORUM.debug string on',
    'service.limit string 6',
  ])
})

for (const [what, text, problem] of [
  ['a section that is never closed', '\ntotem {', /^f, line 2: The section "totem" is never closed/],
  [
    'a number that is none',
    'totem {\n token: fast\n}',
    /^f, line 2: "totem\.token" is a whole number, and not "fast"\.$/,
  ],
  [
    'a number too large',
    'quorum {\n two_node: 256\n}',
    /^f, line 2: "quorum\.two_node": .*uint8 cannot hold 256/,
  ],
  [
    'a logger without its name',
    'logging {\n\n logger_subsys {\n }\n}',
    /^f, line 3: .*lacks the key that names it: subsys/,
  ],
  [
    'a file that goes ever deeper',
    `${'a {\n'.repeat(100_000)}${'}\n'.repeat(100_000)}`,
    /^f, line 128: No key in this section/,
  ],
  ['no key', 'x: 1', /^f, line 1: "x" cannot be a key/],
] as const) {
  test(`corosync.conf: ${what} is an error at its line`, () => {
    throws(
      () => readConf(text, 'f'),
      (error: Error) => problem.test(error.message),
    )
  })
}

test.run()
