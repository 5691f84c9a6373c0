// What holders leave for others to read: a value of their own hold, which goes with it, and named values of the lock,
// which stay.

import type { Context } from '@quorate/core'
import { checkSession } from './acquire.ts'
import { tell } from './events.ts'
import { lockOf, put } from './locks.ts'
import { checkName, checkValue, idLengthMax } from './names.ts'
import { reject } from './rejections.ts'
import type { Draft } from './requests.ts'
import { type Request, requestKey } from './state.ts'

const valuesMax = 16

export interface ProclaimInput {
  readonly session: string
  readonly id: string
  readonly value: string | null
}

/** Changes what others see of a holder. */
export function proclaim(state: Draft, input: ProclaimInput, ctx: Context): void {
  const request = holding(state, input, ctx)
  checkValue('value', input.value)
  state.requests.set(requestKey(input.session, input.id), { ...request, value: input.value })
  for (const { lock } of request.wants) tell(ctx, { type: 'changed', lock })
}

export interface SetValueInput extends ProclaimInput {
  readonly lock: string
  readonly name: string
}

/** Sets a named value of a lock that the request holds; `null` takes it away. */
export function setValue(state: Draft, input: SetValueInput, ctx: Context): void {
  const { lock: name, name: key, value } = input
  const request = holding(state, input, ctx)
  if (!request.wants.some(({ lock }) => lock === name))
    reject('not-holder', `The request holds other locks, and not '${name}'`)
  checkName('name', key, idLengthMax)
  checkValue('value', value)
  const lock = lockOf(state, name)
  const { [key]: _, ...others } = lock.values
  if (value !== null && Object.keys(others).length >= valuesMax)
    reject('too-many-values', `'${name}' has ${valuesMax} values: take one away first`)
  put(state, name, { ...lock, values: value === null ? others : { ...others, [key]: value } })
  tell(ctx, { type: 'changed', lock: name })
}

function holding(state: Draft, { session, id }: ProclaimInput, ctx: Context): Request {
  checkSession(state, session, ctx)
  const request = state.requests.get(requestKey(session, id))
  if (request === undefined || request.tokens === null)
    return reject('not-holder', 'The request holds nothing, or no more')
  return request
}
