// A process with any number of Cpg and Quorum handles, steered by the test.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { nativeCallbackCount } from '@quorate/corosync-ffi'
import {
  Cpg,
  type CpgGuarantee,
  type CpgHandlers,
  type CpgOptions,
  type DispatchFlag,
  Quorum,
  type QuorumHandlers,
  type QuorumOptions,
  type TrackFlag,
} from '@quorate/cpg-transport'
import { report, serve } from '../serve.ts'

const handles = new Map<string, Cpg>()
const quorums = new Map<string, Quorum>()
/** What a handle does when it delivers a message of this text, after having reported it. */
const reactions = new Map<string, () => void>()
/** Delivered bytes that a handle keeps, each beside the text that it had at its delivery. */
const kept = new Map<string, { bytes: Uint8Array; text: string }[]>()
const streams = new Map<string, NodeJS.Timeout>()

function find<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name)
  if (found === undefined) throw new Error(`No handle ${name}`)
  return found
}

const handle = (name: string): Cpg => find(handles, name)

function codeOf(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return (error as { code?: string }).code
  }
}

const textCharsMax = 100
const shorten = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, textCharsMax)).toString()

function cpgHandlers(name: string): CpgHandlers {
  return {
    deliver: ({ group, from, bytes }) => {
      const text = shorten(bytes)
      report({ type: 'deliver', name, group, from, text, length: bytes.length })
      kept.get(name)?.push({ bytes, text })
      reactions.get(`${name} ${text}`)?.()
    },
    confchg: (change) => report({ type: 'confchg', name, ...change }),
    totemConfchg: (change) => report({ type: 'totem', name, ...change }),
    down: (error) => report({ type: 'down', name, message: error.message }),
  }
}

function quorumHandlers(name: string): QuorumHandlers {
  return {
    quorum: (notification) => report({ type: 'quorum', name, ...notification }),
    nodelist: (notification) => report({ type: 'nodelist', name, ...notification }),
    down: (error) => report({ type: 'down', name, message: error.message }),
  }
}

/** Multicasts, again and again until the daemon has taken it. Returns how often it did not. */
async function mcastPatiently(name: string, bytes: Uint8Array): Promise<number> {
  for (let refusals = 0; ; refusals++) {
    if (handle(name).mcast(bytes)) return refusals
    await sleep(2)
  }
}

const cpgOperations = {
  async open(name: string, options: CpgOptions = {}) {
    handles.set(name, await Cpg.open(cpgHandlers(name), options))
  },
  join: (name: string, group: string) => handle(name).join(group),
  leave: (name: string) => handle(name).leave(),
  /** Begins to join, and looks at the group meanwhile. */
  async joinAndLook(name: string, group: string) {
    const joining = handle(name).join(group)
    try {
      return handle(name).members(group)
    } finally {
      await joining
    }
  },
  close: (name: string) => handle(name).close(),
  mcast: (name: string, text: string, guarantee?: CpgGuarantee) =>
    handle(name).mcast(Buffer.from(text), guarantee),
  mcastParts: (name: string, parts: string[]) => handle(name).mcast(parts.map((part) => Buffer.from(part))),
  mcastLength: (name: string, length: number) => mcastPatiently(name, Buffer.alloc(length, 'x')),
  async flood(name: string, count: number, length: number) {
    let refusals = 0
    for (let i = 0; i < count; i++) {
      refusals += await mcastPatiently(name, Buffer.from(`${i}`.padEnd(length, ' ')))
    }
    return refusals
  },
  /** How many of `count` messages the daemon takes at once, without another attempt. */
  mcastAtOnce: (name: string, count: number, length: number) => {
    const bytes = Buffer.alloc(length)
    return Array.from({ length: count }, () => handle(name).mcast(bytes)).filter(Boolean).length
  },
  /** Multicasts PREFIX0, PREFIX1, … each millisecond or so, until `stopStream`. */
  stream(name: string, prefix: string) {
    let next = 0
    const send = (): void => {
      const text = `${prefix}${next}`
      if (!handle(name).mcast(Buffer.from(text))) return
      next++
      report({ type: 'sent', name, text })
    }
    streams.set(name, setInterval(send, 1))
  },
  stopStream: (name: string) => clearInterval(streams.get(name)),
  zeroCopy(name: string, text: string) {
    const buffer = handle(name).zeroCopyBuffer(1000)
    buffer.write(Buffer.from(text))
    const sent = buffer.mcast(Buffer.byteLength(text))
    buffer.free()
    return { size: buffer.size, sent }
  },
  /** What a buffer answers that was freed, or whose handle was closed. */
  async zeroCopyAfter(name: string, end: 'free' | 'close') {
    const buffer = handle(name).zeroCopyBuffer(1000)
    if (end === 'free') buffer.free()
    else await handle(name).close()
    return [() => buffer.write(new Uint8Array(1)), () => buffer.mcast(), () => buffer.free()].map(codeOf)
  },
  /** The size of a buffer of `size` bytes that was filled and multicast whole. */
  zeroCopySize(name: string, size: number) {
    const buffer = handle(name).zeroCopyBuffer(size)
    buffer.write(new Uint8Array(size))
    buffer.mcast()
    buffer.free()
    return buffer.size
  },
  dispatch: (name: string, flag: DispatchFlag) => handle(name).dispatch(flag),
  get: (
    name: string,
    property: 'nodeid' | 'self' | 'atomicBytesMax' | 'flowControlState' | 'context' | 'open' | 'fd',
  ) => handle(name)[property],
  setContext(name: string, context: bigint) {
    handle(name).context = context
  },
  members: (name: string, group: string) => handle(name).members(group),
  groups: (name: string, type: 'ALL' | 'NAME_ONLY') => handle(name).groups(type),
  groupMembers: (name: string, group: string) => handle(name).groups('ONE_GROUP', group),
  keep(name: string) {
    kept.set(name, [])
  },
  /** How many of the kept messages are still as they were. */
  keptIntact: (name: string) => find(kept, name).filter(({ bytes, text }) => shorten(bytes) === text).length,
  closeOn(name: string, text: string) {
    reactions.set(`${name} ${text}`, () => void handle(name).close())
  },
  dispatchOn(name: string, text: string) {
    const dispatch = (): unknown => codeOf(() => handle(name).dispatch('ALL'))
    reactions.set(`${name} ${text}`, () => report({ type: dispatch(), name }))
  },
  throwOn(name: string, text: string) {
    reactions.set(`${name} ${text}`, () => {
      throw new Error(`thrown on ${text}`)
    })
  },
}

const quorumOperations = {
  async openQuorum(name: string, options: QuorumOptions = {}) {
    quorums.set(name, await Quorum.open(quorumHandlers(name), options))
  },
  track: (name: string, flags?: TrackFlag[]) => find(quorums, name).track(flags),
  untrack: (name: string) => find(quorums, name).untrack(),
  dispatchQuorum: (name: string, flag: DispatchFlag) => find(quorums, name).dispatch(flag),
  getQuorum: (name: string, property: 'quorate' | 'type' | 'open' | 'fd') => find(quorums, name)[property],
  closeQuorum: (name: string) => find(quorums, name).close(),
}

const processOperations = {
  reportUncaught: () => {
    process.on('uncaughtException', ({ message }) => report({ type: 'uncaught', message }))
  },
  /** From now on as that user, which no return leads from. */
  become(user: string, group: string) {
    process.setgroups?.([])
    process.setgid?.(group)
    process.setuid?.(user)
  },
  /** Opens and closes `count` handles; how many native callbacks there were before and are then. */
  async openMany(count: number) {
    const before = nativeCallbackCount()
    for (let i = 0; i < count; i++) await (await Cpg.open()).close()
    return { before, after: nativeCallbackCount(), descriptors: readdirSync('/proc/self/fd').length }
  },
  /** Neither events nor calls are dealt with meanwhile. */
  occupy(ms: number) {
    for (const endMs = performance.now() + ms; performance.now() < endMs; );
  },
  /** Sockets of this process, and which of them a program that it starts has as well. */
  sockets: () => {
    const own = readdirSync('/proc/self/fd').map((fd) => linkOf(`/proc/self/fd/${fd}`))
    const child = spawnSync('sh', ['-c', 'for fd in /proc/self/fd/*; do readlink $fd; done'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const sockets = own.filter((link) => link.startsWith('socket:'))
    return { own: sockets, inherited: sockets.filter((link) => child.stdout.includes(link)) }
  },
  /** The octal flags of an open descriptor: 02000000 is close on exec. */
  descriptorFlags: (fd: number) =>
    Number.parseInt(/flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '', 8),
}

/** The descriptor that lists the folder is in the list, and gone. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

serve({ ...cpgOperations, ...quorumOperations, ...processOperations })
