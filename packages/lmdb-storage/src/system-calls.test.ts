// What the operating system sees of a write, and what a write says when the operating system says no: by strace.

import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { contentOf, folderSuite } from './storage.test-support.ts'

const test = folderSuite('system calls')

interface Run {
  readonly trace: string
  /** What the program said. */
  readonly said: string
}

function traced(path: string, ...options: readonly string[]): Run {
  const program = fileURLToPath(new URL('traced.test-support.ts', import.meta.url))
  const strace = [
    '-f',
    '-qq',
    '-e',
    'trace=openat,pwrite64,pwritev,writev,fdatasync,write',
    '-e',
    'signal=none',
  ]
  const node = [process.execPath, ...process.execArgv, program, path]
  const { stdout, stderr, status } = spawnSync('strace', [...strace, ...options, ...node], {
    ...{ encoding: 'utf8', maxBuffer: 2 ** 26, timeout: 60_000 },
    // strace counts the calls of each thread by itself.
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  })
  assert.is(status, 0, stderr.slice(-1000))
  return { trace: stderr, said: stdout }
}

/**
 * A letter for each call that has ended, once the storage is open: P pages are written, S they are synced, M the page
 * that leads to them is written, synced, Z zeros are written behind the end of the file, D a write was done.
 */
function lettersOf(trace: string): string {
  const lines = joined(trace)
  const synced = fdsOf(lines, /storage\/data.mdb", [^)]*O_DSYNC[^)]*\) += (\d+)/)
  const data = fdsOf(lines, /storage\/data.mdb", O_RDWR[^)]*\) += (\d+)/)
  const opened = lines.findIndex((line) => line.includes('write(1, "open'))
  return lines
    .slice(opened + 1)
    .map((line) => letterOf(line, synced, data))
    .join('')
}

/** A call that another thread's interrupts stands in two lines: made one, where it has ended. */
function joined(trace: string): string[] {
  const begun = new Map<string, string>()
  const lines: string[] = []
  for (const line of trace.split('\n')) {
    const thread = /^\[pid +(\d+)/.exec(line)?.[1] ?? ''
    const [, rest] = /<\.\.\. \w+ resumed>(.*)/.exec(line) ?? []
    if (line.includes('<unfinished')) begun.set(thread, line.replace(/ *<unfinished.*/, ''))
    else if (rest === undefined) lines.push(line)
    else lines.push(`${begun.get(thread) ?? ''}${rest}`)
  }
  return lines
}

const fdsOf = (lines: readonly string[], opened: RegExp): unknown[] =>
  lines.flatMap((line) => opened.exec(line)?.[1] ?? [])

function letterOf(line: string, synced: readonly unknown[], data: readonly unknown[]): string {
  const [, call, fd, rest] = /(pwrite64|pwritev|writev|fdatasync|write)\((\d+)(.*)/.exec(line) ?? []
  if (call === 'write') return fd === '1' && rest?.startsWith(', "done') ? 'D' : ''
  if (synced.includes(fd)) return 'M'
  if (!data.includes(fd)) return ''
  if (call === 'fdatasync') return 'S'
  return rest?.includes('4194304') ? 'Z' : 'P'
}

function tracedTest(name: string, run: (path: string) => void | Promise<void>): void {
  if (spawnSync('strace', ['-V'], { stdio: 'ignore' }).status === 0) {
    test(name, ({ folder }) => run(folder.path))
    return
  }
  console.log(`"${name}" is skipped. There is no strace: apt-get install strace.`)
  test.skip(name)
}

tracedTest('a write is done when its pages, and then the page that leads to them, are on disk', (path) => {
  // A slow disk: whoever does not wait for it is early.
  const { trace } = traced(path, '-e', 'inject=fdatasync:delay_enter=30000')
  const letters = lettersOf(trace)
  assert.match(letters, /^(Z?P+SMD){5}$/, letters)
})

tracedTest(
  'a sync that fails: the write fails, and so do those after it; what was done before is there',
  async (path) => {
    // The first one makes the storage.
    const { said } = traced(path, '-e', 'inject=fdatasync:error=EIO:when=4+')
    const lines = said.trim().split('\n')
    const done = lines.filter((line) => line === 'done').length
    assert.ok(done > 0 && done < 5, said)
    assert.is(lines.length, 1 + 5)
    for (const line of lines.slice(1 + done))
      assert.match(line, /could not write: an input\/output error \(EIO\)/)
    const { record } = (await contentOf(path)) as { record: { commit: number } }
    // LMDB does not let anything lead to pages that could not be synced.
    assert.is(record.commit, done)
  },
)

tracedTest('a new directory, and those above it that are new, are on disk', (path) => {
  const { trace } = traced(join(path, 'a/b'), '-y', '-e', 'trace=fsync')
  for (const folder of [dirname(path), path, join(path, 'a'), join(path, 'a/b')])
    assert.match(trace, new RegExp(`fsync\\(\\d+<${folder}>\\)`))
})

test.run()
