// What a program does to files that are named `storage/data.mdb`, and what it says meanwhile, as the kernel sees it.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { bytesOf, callEvents, type SystemCall } from './strace-lines.ts'

export interface FileWrite {
  readonly at: number
  readonly bytes: Buffer
}

/** Of one file, in order. */
export type Call =
  /** The kernel was given bytes: from now on any of them may be on disk. */
  | { readonly call: 'write'; readonly write: FileWrite }
  /** From now on these are. */
  | { readonly call: 'synced'; readonly writes: readonly FileWrite[] }
  | { readonly call: 'said'; readonly what: string }

/** More of a string is not recorded; only zeros are as long. */
const stringBytesMax = 70_000
const traced = 'openat,lseek,pwrite64,pwritev,writev,write,fdatasync,fsync'

/**
 * Runs a program of Node; the calls by directory, the one above `storage`. What it says are lines of `DIRECTORY WHAT`.
 *
 * @param trace where strace may write
 * @throws {Error} it did not end well
 */
export function recordCalls(trace: string, program: readonly string[]): Map<string, Call[]> {
  const form = ['-f', '-qq', '-y', '-v', '-xx', '--seccomp-bpf', '-s', `${stringBytesMax}`, '-o', trace]
  const what = ['-e', `trace=${traced}`, '-e', 'signal=none']
  const node = [process.execPath, ...process.execArgv, ...program]
  const { status, stderr } = spawnSync('strace', [...form, ...what, ...node], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The recorded program ended with ${status}: ${stderr.slice(-2000)}`)
  const record = new CallRecord()
  for (const { phase, call, result } of callEvents(readFileSync(trace, 'latin1')))
    if (phase === 'begin') record.begin(call)
    else record.end(call, result)
  return record.calls
}

class CallRecord {
  readonly calls = new Map<string, Call[]>()
  /** By descriptor: with O_DSYNC a write has ended when it is on disk. */
  readonly #isSynced = new Map<string, boolean>()
  readonly #position = new Map<string, number>()
  /** What a call that has begun concerns. */
  readonly #writes = new Map<SystemCall, readonly FileWrite[]>()
  /** Writes that have ended, and may be lost. */
  readonly #written = new Map<string, readonly FileWrite[]>()

  begin(call: SystemCall): void {
    const directory = directoryOf(call)
    if (call.name === 'lseek') this.#position.set(call.fd, Number(/^, (\d+)/.exec(call.rest)?.[1]))
    else if (call.name === 'write' && call.fd === '1') this.#say(call)
    else if (directory === undefined) return
    else if (call.name.endsWith('sync')) this.#writes.set(call, this.#written.get(directory) ?? [])
    else if (call.name.includes('write')) this.#write(directory, call)
  }

  end(call: SystemCall, result: string): void {
    if (call.name === 'openat')
      this.#isSynced.set(/^\d+/.exec(result)?.[0] ?? '', call.rest.includes('O_DSYNC'))
    const directory = directoryOf(call)
    const writes = this.#writes.get(call)
    if (directory === undefined || writes === undefined) return
    this.#writes.delete(call)
    const before = this.#written.get(directory) ?? []
    const isSynced = call.name.endsWith('sync') || this.#isSynced.get(call.fd) === true
    if (isSynced) this.#add(directory, { call: 'synced', writes })
    const after = isSynced ? before.filter((write) => !writes.includes(write)) : [...before, ...writes]
    this.#written.set(directory, after)
  }

  #say({ rest }: SystemCall): void {
    const [, directory, what] = /^(.+) (.+)\n$/.exec(stringsOf(rest).toString()) ?? []
    if (directory !== undefined && what !== undefined) this.#add(directory, { call: 'said', what })
  }

  #write(directory: string, call: SystemCall): void {
    const bytes = stringsOf(call.rest)
    const [, length, offset] = /, (\d+)(?:, (\d+))?$/.exec(call.rest) ?? []
    const at = call.name.startsWith('p') ? Number(offset) : this.#position.get(call.fd)
    if (at === undefined) throw new Error(`Nothing says where a ${call.name} writes.`)
    const write = { at, bytes: call.name === 'pwrite64' ? withZeros(bytes, Number(length)) : bytes }
    this.#position.set(call.fd, at + write.bytes.length)
    this.#writes.set(call, [write])
    this.#add(directory, { call: 'write', write })
  }

  #add(directory: string, call: Call): void {
    const calls = this.calls.get(directory)
    if (calls === undefined) this.calls.set(directory, [call])
    else calls.push(call)
  }
}

const directoryOf = ({ path }: SystemCall): string | undefined => /^(.*)\/storage\/data\.mdb$/.exec(path)?.[1]

/** All strings among the arguments, one after the other. */
function stringsOf(rest: string): Buffer {
  return Buffer.concat([...rest.matchAll(/"((?:\\x..)*)"/g)].map(([, text]) => bytesOf(text as string)))
}

/** With what strace has left out. */
function withZeros(bytes: Buffer, length: number): Buffer {
  if (bytes.length === length) return bytes
  if (bytes.some((byte) => byte !== 0)) throw new Error(`A write of ${length} bytes was cut off by strace.`)
  return Buffer.alloc(length)
}
