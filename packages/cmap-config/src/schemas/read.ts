// What the ready-made schemas are built of: functions that read one value each, and note an issue with its path where
// they cannot. A library of schemas would weigh more than all else in this package.

import type { StandardSchemaV1 } from '@standard-schema/spec'

/** Where a value stands, and the issues found so far. */
export interface Place {
  readonly path: readonly string[]
  readonly issues: StandardSchemaV1.Issue[]
}

/** Gives anything where it has noted an issue: it is not used. */
export type Read<T> = (value: unknown, place: Place) => T

/** From the name in CMAP to a value. */
export interface Field<T> {
  readonly key: string
  readonly read: Read<T>
}

export const whole: Read<number> = (value, place) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : refuse(place, 'a whole number')

export const text: Read<string> = (value, place) =>
  typeof value === 'string' ? value : refuse(place, 'text')

export const yesOrNo: Read<boolean> = (value, place) =>
  typeof value === 'boolean' ? value : refuse(place, 'yes or no')

/** What is not there is `undefined`. */
export function optional<T>(read: Read<T>): Read<T | undefined> {
  return (value, place) => (value === undefined ? undefined : read(value, place))
}

export function field<T>(key: string, read: Read<T>): Field<T> {
  return { key, read }
}

/** A level with fields; others in it are passed over. A level that is not there is one without any. */
export function section<T>(fields: { readonly [Name in keyof T]: Field<T[Name]> }): Read<T> {
  return (value = {}, place) => {
    if (!isLevel(value)) return refuse(place, 'a section')
    const read = ([name, { key, read }]: [string, Field<unknown>]) => [
      name,
      read(value[key], below(place, key)),
    ]
    return Object.fromEntries(Object.entries<Field<unknown>>(fields).map(read)) as T
  }
}

/** A level of any names. */
export function named<T>(read: Read<T>): Read<Readonly<Record<string, T>>> {
  return (value = {}, place) => {
    if (!isLevel(value)) return refuse(place, 'a section')
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, read(each, below(place, key))]),
    )
  }
}

/** A level whose names are numbers, ascending: also those that are no places of an array. */
export function numbered<T>(read: (number: number) => Read<T>): Read<readonly T[]> {
  return (value = {}, place) => {
    if (!isLevel(value)) return refuse(place, 'a section')
    // An object has such names in ascending order.
    const numbers = Object.keys(value).filter((key) => /^\d+$/.test(key))
    return numbers.map((key) => read(Number(key))(value[key], below(place, key)))
  }
}

export function schemaOf<T>(read: Read<T>): StandardSchemaV1<unknown, T> {
  const validate = (input: unknown): StandardSchemaV1.Result<T> => {
    const place: Place = { path: [], issues: [] }
    const value = read(input, place)
    return place.issues.length > 0 ? { issues: place.issues } : { value }
  }
  return { '~standard': { version: 1, vendor: 'quorate', validate } }
}

export function isLevel(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function below({ path, issues }: Place, key: string): Place {
  return { path: [...path, key], issues }
}

export function refuse({ path, issues }: Place, expected: string): never {
  issues.push({ message: `expected ${expected}`, path })
  return undefined as never
}
