import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { is, match, throws } from 'uvu/assert'
import { watchReadable } from './poll.ts'

/** Longer than a thread's poll(2) takes to notice a stop. */
const quietMs = 300
const folder = mkdtempSync(join(tmpdir(), 'quorate-poll-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

let fifos = 0
/** Both ends of a pipe in one descriptor. */
function openPipe(): number {
  const path = join(folder, String(++fifos))
  spawnSync('mkfifo', [path])
  return openSync(path, 'r+')
}

const drain = (fd: number): number => readSync(fd, Buffer.alloc(100))

async function until(condition: () => boolean): Promise<void> {
  for (const endMs = performance.now() + 10_000; !condition(); await sleep(2)) {
    if (performance.now() > endMs) throw new Error('It did not come within 10 s.')
  }
}

for (const on of ['loop', 'thread'] as const) {
  const watching = suite(`watchReadable on the ${on}`)

  watching('calls when there is something to read, and not before', async () => {
    const fd = openPipe()
    let read = 0
    const watch = watchReadable(fd, () => (read += drain(fd)), on)
    await sleep(20)
    is(read, 0)
    writeSync(fd, 'abc')
    await until(() => read === 3)
    writeSync(fd, 'de')
    await until(() => read === 5)
    watch.close()
    closeSync(fd)
  })

  watching('is level-triggered: calls again while something is left', async () => {
    const fd = openPipe()
    let calls = 0
    const watch = watchReadable(fd, () => calls++, on)
    writeSync(fd, 'abc')
    await until(() => calls > 3)
    watch.close()
    closeSync(fd)
  })

  watching('is quiet between stop and start', async () => {
    const fd = openPipe()
    let calls = 0
    const watch = watchReadable(fd, () => (calls += drain(fd)), on)
    watch.stop()
    writeSync(fd, 'a')
    await sleep(quietMs)
    is(calls, 0)
    watch.start()
    await until(() => calls === 1)
    watch.stop()
    watch.start()
    writeSync(fd, 'a')
    await until(() => calls === 2)
    watch.close()
    closeSync(fd)
  })

  watching('is quiet after close, also when it was readable already', async () => {
    const fd = openPipe()
    let calls = 0
    const watch = watchReadable(fd, () => calls++, on)
    writeSync(fd, 'a')
    watch.close()
    await sleep(quietMs)
    is(calls, 0)
    closeSync(fd)
  })

  watching('may be closed from its own callback', async () => {
    const fd = openPipe()
    let calls = 0
    const watch = watchReadable(
      fd,
      () => {
        calls++
        watch.close()
      },
      on,
    )
    writeSync(fd, 'a')
    await sleep(quietMs)
    is(calls, 1)
    closeSync(fd)
  })

  watching('a descriptor that is not open is an error, and no end of the process', () => {
    const fd = openPipe()
    closeSync(fd)
    throws(() => watchReadable(fd, () => {}, on), /EBADF/)
    throws(() => watchReadable(-1, () => {}, on))
  })

  watching('what the callback throws is an uncaught exception, and the watch goes on', async () => {
    const fd = openPipe()
    let calls = 0
    const watch = watchReadable(
      fd,
      () => {
        drain(fd)
        if (++calls === 1) throw new Error('thrown in the callback')
      },
      on,
    )
    writeSync(fd, 'a')
    const [error] = await once(process, 'uncaughtException')
    match((error as Error).message, 'thrown in the callback')
    writeSync(fd, 'b')
    await until(() => calls === 2)
    watch.close()
    closeSync(fd)
  })

  watching('many at once share the event loop', async () => {
    const seen = new Set<number>()
    const pipes = Array.from({ length: 12 }, openPipe)
    const watches = pipes.map((fd) => watchReadable(fd, () => seen.add(fd) && drain(fd), on))
    for (const fd of pipes) writeSync(fd, 'a')
    await until(() => seen.size === pipes.length)
    for (const watch of watches) watch.close()
    await sleep(quietMs)
    for (const fd of pipes) closeSync(fd)
  })

  /** Runs `code`, with a `watch`, in a process of its own to its end; `'closed'` when it lived to close the watch. */
  const runAlone = (code: string): string => {
    const program = `
      import { openSync } from 'node:fs'
      import { watchReadable } from ${JSON.stringify(new URL('./poll.ts', import.meta.url).href)}
      const watch = watchReadable(openSync(process.argv[1], 'r+'), () => {}, '${on}')
      const closeLater = () => setTimeout(() => { watch.close(); console.log('closed') }, 500).unref()
      ${code}`
    spawnSync('mkfifo', [join(folder, 'alone')])
    const args = [...process.execArgv, '--input-type=module', '-e', program, join(folder, 'alone')]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      timeout: 30_000,
      encoding: 'utf8',
    })
    is(status, 0, stderr)
    return stdout.trim()
  }

  watching('keeps the process alive until close, and no longer', () => {
    is(runAlone('closeLater()'), 'closed')
  })

  if (on === 'loop') {
    watching('lets the process end after unref, and not after ref', () => {
      is(runAlone('watch.unref(); closeLater()'), '')
      is(runAlone('watch.unref(); watch.ref(); closeLater()'), 'closed')
    })
  }

  watching.run()
}
