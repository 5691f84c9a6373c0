// Some of what node's modules export, of every kind that there is.

import childProcess from 'node:child_process'
import nodeCrypto, { randomBytes } from 'node:crypto'
import dgram from 'node:dgram'
import dns from 'node:dns'
import fs, { readFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import os, { hostname } from 'node:os'
import { Duplex, Writable } from 'node:stream'
import timers from 'node:timers'
import timersPromises from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import zlib from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runGuarded } from './determinism-guard.ts'
import { errorOf } from './machine.test-support.ts'

const test = suite('traps in modules')

const nothing = (): void => {}
const path = fileURLToPath(import.meta.url)
const absent = `${path}.absent`
const server = net.createServer()
const socket = dgram.createSocket('udp4')
socket.unref()

const outside = 'do it before submit'
const forbidden: readonly (readonly [call: () => unknown, name: string, instead: string])[] = [
  [() => timers.setTimeout(nothing, 1), 'timers.setTimeout', 'ctx.schedule'],
  [() => timers.setImmediate(nothing), 'timers.setImmediate', 'ctx.schedule'],
  [() => timersPromises.setTimeout(1), 'timers.promises.setTimeout', 'ctx.schedule'],
  [() => fs.mkdirSync(absent), 'fs.mkdirSync', outside],
  [() => fs.rmSync(absent), 'fs.rmSync', outside],
  [() => fs.unlinkSync(absent), 'fs.unlinkSync', outside],
  [() => fs.copyFileSync(absent, absent), 'fs.copyFileSync', outside],
  [() => fs.lstatSync(path), 'fs.lstatSync', outside],
  [() => fs.accessSync(path), 'fs.accessSync', outside],
  [() => fs.exists(path, nothing), 'fs.exists', outside],
  [() => fs.opendirSync('/'), 'fs.opendirSync', outside],
  [() => fs.mkdtempSync(`${absent}/`), 'fs.mkdtempSync', outside],
  [() => fs.readlinkSync(path), 'fs.readlinkSync', outside],
  [() => fs.realpathSync(path), 'fs.realpathSync', outside],
  [() => fs.promises.access(path), 'fs.promises.access', outside],
  [() => fs.promises.unlink(absent), 'fs.promises.unlink', outside],
  [() => fs.promises.appendFile(`${absent}/x`, ''), 'fs.promises.appendFile', outside],
  [() => fs.promises.mkdir('/'), 'fs.promises.mkdir', outside],
  [() => childProcess.execFile('true'), 'child_process.execFile', outside],
  [() => childProcess.execFileSync('true'), 'child_process.execFileSync', outside],
  [() => dns.promises.lookup('127.0.0.1'), 'dns.promises.lookup', outside],
  [() => http.get('http://127.0.0.1:1/'), 'http.get', outside],
  [() => net.connect(1, '127.0.0.1'), 'net.connect', outside],
  [() => dgram.createSocket('udp4'), 'dgram.createSocket', outside],
  [() => server.listen(0, '127.0.0.1'), 'server.listen', outside],
  [() => socket.send('x', 1, '127.0.0.1'), 'socket.send', outside],
  [() => new Writable().write('x'), 'writable.write', outside],
  [() => new Duplex().end(), 'duplex.end', outside],
  [() => new Worker('0', { eval: true }), 'worker_threads.Worker', outside],
  [() => os.uptime(), 'os.uptime', outside],
  [() => zlib.gzip('x', nothing), 'zlib.gzip', 'ends in Sync'],
  [() => nodeCrypto.scrypt('x', 'y', 1, nothing), 'crypto.scrypt', 'ends in Sync'],
  [() => nodeCrypto.generateKeySync('hmac', { length: 64 }), 'crypto.generateKeySync', 'ctx.random()'],
  [() => nodeCrypto.pseudoRandomBytes(1), 'crypto.pseudoRandomBytes', 'ctx.random()'],
  [() => nodeCrypto.getRandomValues(new Uint8Array(1)), 'crypto.getRandomValues', 'ctx.random()'],
]

test('whole modules are trapped, and name what was called', () => {
  for (const [call, name, instead] of forbidden) {
    const { code, message } = errorOf(() => runGuarded(call))
    assert.is(code, 'Nondeterministic')
    assert.ok(message.startsWith(`${name} in a reducer`), `${name}: ${message}`)
    assert.ok(message.includes(instead), message)
  }
})

test('so is what a module imports by name', () => {
  assert.throws(() => runGuarded(() => readFileSync(path)), /fs\.readFileSync/)
  assert.throws(() => runGuarded(() => randomBytes(1)), /crypto\.randomBytes/)
  assert.throws(() => runGuarded(() => hostname()), /os\.hostname/)
})

test('all others call as ever', async () => {
  runGuarded(() => 1)
  assert.is(readFileSync(path).length, fs.statSync(path).size)
  assert.is((await fs.promises.stat(path)).size, fs.statSync(path).size)
  assert.is(randomBytes(3).length, 3)
  assert.is(`${os.hostname}`, os.hostname())
  assert.is(await timersPromises.setTimeout(1, 'late'), 'late')
  assert.ok(process.pid > 0 && performance.timeOrigin > 0 && process.stdout.writable)
  const worker = new Worker('', { eval: true })
  assert.ok(worker instanceof Worker)
  await worker.terminate()
})

test('what is the same everywhere may be called', () => {
  const same = () => [
    net.isIP('::1'),
    zlib.gunzipSync(zlib.gzipSync('x')).toString(),
    timers.clearTimeout(undefined),
  ]
  assert.equal(runGuarded(same), [6, 'x', undefined])
  assert.is(
    runGuarded(() => nodeCrypto.createHash('sha256').update('x').digest().length),
    32,
  )
})

test('a console that writes to a stream may be used', () => {
  const { log } = console
  const written: unknown[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk))
      done()
    },
  })
  console.log = (text: string) => stream.write(text)
  try {
    runGuarded(() => console.log('said'))
  } finally {
    console.log = log
  }
  assert.equal(written, ['said'])
})

test.after(() => {
  socket.close()
})

test.run()
