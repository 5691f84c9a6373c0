// A program that holds one open, idle channel, and prints which part of a processor that takes, in percent.
// Arguments: how long to wait before, and how long to measure, in milliseconds.

import { setTimeout as sleep } from 'node:timers/promises'
import { cpgTransport } from '@quorate/cpg-transport'

const [warmUpMs = 0, ms = 0] = process.argv.slice(2).map(Number)
const channel = await cpgTransport().join('idle', () => {})
await sleep(warmUpMs)
const before = process.cpuUsage()
const beginMs = performance.now()
await sleep(ms)
const { user, system } = process.cpuUsage(before)
const elapsedUs = (performance.now() - beginMs) * 1000
console.log((100 * (user + system)) / elapsedUs)
await channel.close()
