// What systemd hears of a replica, through a real datagram socket.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineMachine, MemoryNetwork, openReplica, type Replica } from '@quorate/core'
import { notifySystemd } from '@quorate/systemd'
import { suite } from 'uvu'
import { equal, is, match, not, ok, throws } from 'uvu/assert'
import { NotifySocket } from './support/notify-socket.ts'

const machine = defineMachine({ name: 'empty', version: 1, initial: () => ({}), reducers: {} })
const failing = defineMachine({
  name: 'failing',
  version: 1,
  initial: () => ({}),
  reducers: {
    fail() {
      throw new Error('a bug\nof the machine')
    },
  },
})

interface Context {
  network: MemoryNetwork
  folder: string
  socket: NotifySocket
  open: (nodeid: number) => Promise<Replica>
  environment: NodeJS.ProcessEnv
}

const test = suite<Context>('notifySystemd')

test.before.each((context) => {
  const network = new MemoryNetwork({ nodes: [1, 2] })
  context.network = network
  context.folder = mkdtempSync(join(tmpdir(), 'quorate-systemd-'))
  const path = join(context.folder, 'notify')
  context.socket = new NotifySocket(path)
  context.environment = { NOTIFY_SOCKET: path }
  context.open = (nodeid) =>
    openReplica({
      machine,
      group: 'empty',
      transport: network.node(nodeid),
      voters: [1, 2],
    }) as Promise<Replica>
})

test.after.each(({ socket, folder }) => {
  socket.close()
  rmSync(folder, { recursive: true })
})

/** The assignments that `done` waits for, and all before them. */
async function until({ socket }: Context, done: RegExp): Promise<string[]> {
  const lines: string[] = []
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 10) {
    lines.push(...socket.received().flat())
    if (lines.some((line) => done.test(line))) return lines
    await sleep(10)
  }
  throw new Error(`No ${done} in: ${lines.join(', ')}`)
}

test('it is ready when the replica is, and not before; the status says why', async (context) => {
  await using first = await context.open(1)
  notifySystemd(first, context)
  const before = await until(context, /^STATUS=not primary \(.*: nodes 2\)/)
  not.ok(before.includes('READY=1'))
  await using second = await context.open(2)
  await second.ready()
  await until(context, /^READY=1$/)
})

test('a lost majority and its return are told, each once', async (context) => {
  await using first = await context.open(1)
  await using second = await context.open(2)
  await second.ready()
  notifySystemd(first, context)
  await until(context, /^READY=1$/)
  context.network.partition([[1], [2]])
  await until(context, /^STATUS=not primary/)
  context.network.heal()
  const lines = await until(context, /^STATUS=primary, 2 in the group/)
  equal(lines, [...new Set(lines)])
})

test('STOPPING is told once, and nothing after it', async (context) => {
  const [first, second] = [await context.open(1), await context.open(2)]
  const systemd = notifySystemd(first, context)
  await until(context, /^READY=1$/)
  systemd.stopping()
  systemd.stopping()
  await Promise.all([first.close(), second.close()])
  equal(context.socket.received().at(-1), ['STOPPING=1', 'STATUS=leaving the group'])
})

test('a socket of the abstract namespace is found by its @', async (context) => {
  const name = `quorate-systemd-${process.pid}`
  const socket = new NotifySocket(`\0${name}`)
  await using first = await context.open(1)
  notifySystemd(first, { environment: { NOTIFY_SOCKET: `@${name}` } })
  await until({ ...context, socket }, /^STATUS=/)
  socket.close()
})

test('signs of life come at half of the time, extend the start, and end while the loop is blocked', async (context) => {
  const environment = { ...context.environment, WATCHDOG_USEC: '200000', WATCHDOG_PID: `${process.pid}` }
  await using first = await context.open(1)
  notifySystemd(first, { environment })
  await sleep(450)
  const beats = context.socket.received().filter((lines) => lines.includes('WATCHDOG=1'))
  ok(beats.length >= 3 && beats.length <= 6, `${beats.length} beats`)
  equal(beats[0], ['WATCHDOG=1', 'EXTEND_TIMEOUT_USEC=200000'])
  const endMs = performance.now() + 500
  while (performance.now() < endMs);
  equal(context.socket.received().flat(), [])
  await using second = await context.open(2)
  await second.ready()
  await until(context, /^READY=1$/)
  equal(await until(context, /^WATCHDOG/), ['WATCHDOG=1'])
})

test('another process that WATCHDOG_PID names is not spoken for', async (context) => {
  const environment = { ...context.environment, WATCHDOG_USEC: '20000', WATCHDOG_PID: '1' }
  await using first = await context.open(1)
  notifySystemd(first, { environment })
  await sleep(100)
  not.ok(context.socket.received().flat().includes('WATCHDOG=1'))
})

test('a replica that has stopped by itself gives no sign of life any more', async (context) => {
  const transport = context.network.node(1)
  await using replica = await openReplica({ machine: failing, group: 'failing', transport, voters: [1] })
  notifySystemd(replica, { environment: { ...context.environment, WATCHDOG_USEC: '20000' } })
  await until(context, /^READY=1$/)
  await replica.submit.fail().catch(() => {})
  const lines = await until(context, /^STATUS=ended: /)
  match(lines.find((line) => line.startsWith('STATUS=ended')) ?? '', /a bug of the machine/)
  await sleep(100)
  context.socket.received()
  await sleep(100)
  equal(context.socket.received(), [])
})

test('a replica that had stopped before is told as ended, and gives no sign of life either', async (context) => {
  const transport = context.network.node(1)
  await using replica = await openReplica({ machine: failing, group: 'failing', transport, voters: [1] })
  await replica.submit.fail().catch(() => {})
  await sleep(10)
  notifySystemd(replica, { environment: { ...context.environment, WATCHDOG_USEC: '20000' } })
  await sleep(100)
  const lines = context.socket.received().flat()
  ok(lines.some((line) => line.startsWith('STATUS=ended: ')))
  ok(lines.filter((line) => line === 'WATCHDOG=1').length <= 1, lines.join(', '))
})

test('without NOTIFY_SOCKET it does nothing', async (context) => {
  await using first = await context.open(1)
  notifySystemd(first, { environment: { WATCHDOG_USEC: 'not read' } }).stopping()
  equal(context.socket.received(), [])
})

test('a manager that does not hear is a warning, once; a watchdog that is no number is refused', async (context) => {
  const warnings: string[] = []
  const listen = ({ message }: Error): unknown => warnings.push(message)
  process.on('warning', listen)
  await using first = await context.open(1)
  const NOTIFY_SOCKET = join(context.folder, 'nobody')
  notifySystemd(first, { environment: { NOTIFY_SOCKET, WATCHDOG_USEC: '20000' } })
  await sleep(100)
  process.off('warning', listen)
  is(warnings.length, 1)
  match(warnings[0] ?? '', /ENOENT.*Type=notify/)
  throws(() => notifySystemd(first, { environment: { NOTIFY_SOCKET, WATCHDOG_USEC: '-1' } }), /WatchdogSec=/)
})

test.run()
