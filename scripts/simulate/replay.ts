// One seed again: how it ends, and, when it fails, the few steps that it needs for that, with their trace.

import {
  drawSetting,
  type Played,
  type ProtocolRunOptions,
  playProtocol,
  shrinkProtocol,
} from '@quorate/testkit/simulation'
import type { SimulateArguments } from './arguments.ts'

const traceLines = 200

export function replay({ choice, fault, trace }: SimulateArguments, seed: number): void {
  const options = { ...choice, seed, fault }
  const played = playProtocol({ ...options, ...(trace && { traceLines }) })
  console.log(`Setting: ${JSON.stringify(drawSetting(seed, choice))}`)
  if (trace) console.log(played.trace.join('\n'))
  console.log(endOf(played))
  if (played.violation === undefined) return
  process.exitCode = 1
  if (played.invariant === 'error') console.log(played.error)
  printShrunk(options, trace)
}

function endOf({ violation, phase, steps, nowMs, digest, isWaiting }: Played): string {
  const end = violation ?? (isWaiting ? 'waits for the operator' : 'no violation')
  return `${end}\nPhase ${phase}, ${steps} steps, ${nowMs.toFixed(3)} virtual ms, digest ${digest}`
}

function printShrunk(options: ProtocolRunOptions, trace: boolean): void {
  console.error('Leaves out what the failure does not need: up to 2000 runs')
  const { plan, runs, isMinimal } = shrinkProtocol(options)
  const played = playProtocol({ ...options, plan, traceLines })
  console.log(`\nShrunk to ${plan.steps.length} steps in ${runs} runs${isMinimal ? '' : ', not to the end'}:`)
  console.log(`{ seed: ${plan.seed}, steps: [${plan.steps.join(', ')}] }`)
  if (trace) console.log(played.trace.join('\n'))
  console.log(endOf(played))
}
