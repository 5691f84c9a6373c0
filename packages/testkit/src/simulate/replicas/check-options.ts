// What `simulate` is called with, looked at before anything runs: each error says what to change.

import { inspect } from 'node:util'
import { QuorateError } from '@quorate/core'
import { denseFaults } from '../world/faults.ts'
import type { SimulateOptions } from './simulate.ts'

/** Those that are whole numbers, and the least that each may be. */
const leastOf = { seed: 0, seeds: 1, nodes: 1, learners: 0, steps: 0 } as const

const names = [...Object.keys(leastOf), 'disks', 'faults', 'plan', 'client', 'invariant', 'model']

/** @throws {QuorateError} `BadOption`: what to change */
export function checkOptions(machine: unknown, options: SimulateOptions<never, never>): void {
  if (typeof member(machine, 'open') !== 'function')
    bad('its first argument must be a machine, as defineMachine makes it')
  if (!isObject(options)) bad('it takes options; at least a client')
  checkNames('option', options, names)
  for (const [name, least] of Object.entries(leastOf)) checkWhole(name, member(options, name) ?? least, least)
  const { client, invariant, model, disks = true, faults, plan } = options
  if (typeof client !== 'function')
    bad(
      `client must be a function that submits and reads, such as ({ submit }) => submit('add', 1)${not(client)}`,
    )
  if (invariant !== undefined && typeof invariant !== 'function')
    bad(`invariant must be a function${not(invariant)}`)
  if (model !== undefined && typeof member(model, 'step') !== 'function')
    bad(`model must be an object with initial and step${not(model)}`)
  if (typeof disks !== 'boolean') bad(`disks must be true or false${not(disks)}`)
  if (plan !== undefined) checkPlan(plan)
  if (faults !== undefined) checkFaults(faults)
}

export function bad(message: string): never {
  throw new QuorateError('BadOption', `simulate: ${message}`)
}

function checkPlan(plan: unknown): void {
  const steps = member(plan, 'steps')
  if (!Array.isArray(steps)) bad(`plan must be that of a SimulationFailure${not(plan)}`)
  checkWhole('plan.seed', member(plan, 'seed'), 0)
  for (const [place, step] of steps.entries()) checkWhole(`plan.steps[${place}]`, step, 0)
}

function checkFaults(faults: unknown): void {
  if (!isObject(faults)) bad(`faults must be an object${not(faults)}`)
  checkNames('faults.', faults, Object.keys(denseFaults))
  for (const [name, value] of Object.entries(faults)) checkFault(`faults.${name}`, name, value)
}

function checkFault(path: string, name: string, value: unknown): void {
  if (name === 'swarm') {
    if (typeof value !== 'boolean') bad(`${path} must be true or false${not(value)}`)
  } else if (name === 'weights') checkWeights(path, value)
  else if (name === 'stepsPerFault') checkRange(path, value)
  else if (name === 'stepUs' || name === 'queueMessagesMax') checkChoices(path, value)
  else checkWhole(path, value, 0)
}

function checkWeights(path: string, weights: unknown): void {
  if (!isObject(weights)) bad(`${path} must be an object${not(weights)}`)
  checkNames(`${path}.`, weights, Object.keys(denseFaults.weights))
  for (const [kind, weight] of Object.entries(weights)) checkWhole(`${path}.${kind}`, weight, 0)
}

function checkRange(path: string, range: unknown): void {
  checkChoices(path, range)
  const [least, most, ...others] = range as readonly number[]
  if (most === undefined || most < (least as number) || others.length > 0)
    bad(`${path} must be [least, most]${not(range)}`)
}

function checkChoices(path: string, choices: unknown): void {
  if (!Array.isArray(choices) || choices.length === 0)
    bad(`${path} must be an array of numbers${not(choices)}`)
  for (const [place, choice] of choices.entries()) checkWhole(`${path}[${place}]`, choice, 1)
}

function checkWhole(path: string, value: unknown, least: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < least)
    bad(`${path} must be a whole number from ${least} on${not(value)}`)
}

function checkNames(what: string, given: object, known: readonly string[]): void {
  const stray = Object.keys(given).find((name) => !known.includes(name))
  if (stray === undefined) return
  const name = what.endsWith('.') ? `${what}${stray}` : `${what} ${stray}`
  bad(`there is no ${name}; there are: ${known.join(', ')}`)
}

const not = (value: unknown): string => `, and is ${inspect(value, { depth: 0 })}`

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const member = (value: unknown, name: string): unknown =>
  isObject(value) ? (value as Record<string, unknown>)[name] : undefined
