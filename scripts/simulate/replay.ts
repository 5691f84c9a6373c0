// One seed again: how it ends, and, when it fails, the few steps that it needs for that, with their trace.

import {
  drawSetting,
  type Played,
  type ProtocolRunOptions,
  playProtocol,
  type Shrunk,
  shrinkProtocol,
} from '@quorate/testkit/simulation'
import type { SimulateArguments } from './arguments.ts'

type Setting = ReturnType<typeof drawSetting>

const traceLines = 200

/** The exit code is 1 with a violation. */
export function replay({ choice, fault, trace, json }: SimulateArguments, seed: number): void {
  const options = { ...choice, seed, fault }
  const played = playProtocol({ ...options, ...(trace && { traceLines }) })
  const setting = drawSetting(seed, choice)
  if (played.violation !== undefined) process.exitCode = 1
  if (json) printJson(options, setting, played)
  else printText(options, setting, played, trace)
}

function printText(options: ProtocolRunOptions, setting: Setting, played: Played, trace: boolean): void {
  console.log(`Setting: ${JSON.stringify(setting)}`)
  if (trace) console.log(played.trace.join('\n'))
  console.log(endOf(played))
  if (played.violation === undefined) return
  if (played.invariant === 'error') console.log(played.error)
  const { plan, runs, isMinimal, again } = shrunkOf(options)
  console.log(`\nShrunk to ${plan.steps.length} steps in ${runs} runs${isMinimal ? '' : ', not to the end'}:`)
  console.log(`{ seed: ${plan.seed}, steps: [${plan.steps.join(', ')}] }`)
  if (trace) console.log(again.trace.join('\n'))
  console.log(endOf(again))
}

function endOf({ violation, phase, steps, nowMs, digest, isWaiting }: Played): string {
  const end = violation ?? (isWaiting ? 'waits for the operator' : 'no violation')
  return `${end}\nPhase ${phase}, ${steps} steps, ${nowMs.toFixed(3)} virtual ms, digest ${digest}`
}

/** Traces are empty where none was asked for. */
function printJson(options: ProtocolRunOptions, setting: Setting, played: Played): void {
  const run = { seed: options.seed, setting, ...factsOf(played) }
  if (played.violation === undefined) {
    console.log(JSON.stringify(run))
    return
  }
  const { again, ...shrunk } = shrunkOf(options)
  console.log(JSON.stringify({ ...run, shrunk: { ...shrunk, ...factsOf(again) } }))
}

function factsOf({ violation, phase, steps, nowMs, digest, isWaiting, error, trace }: Played) {
  const stack = error instanceof Error ? error.stack : undefined
  return { violation: violation ?? null, phase, steps, nowMs, digest, isWaiting, stack, trace }
}

/** With the run that the shorter plan names. */
function shrunkOf(options: ProtocolRunOptions): Shrunk & { readonly again: Played } {
  console.error('Leaves out what the failure does not need: up to 2000 runs')
  const shrunk = shrinkProtocol(options)
  return { ...shrunk, again: playProtocol({ ...options, plan: shrunk.plan, traceLines }) }
}
