// Finding readings that a schema accepts. It is asked with each value as it stands; a value that it names in an issue is
// read otherwise, as long as there is another reading, and it is asked again. So it works with any schema, and a value
// that it takes as it stands, such as the text '5' where it wants text, is never touched.

import type { StandardSchemaV1 } from '@standard-schema/spec'
import { nest } from './nest.ts'
import { otherReadings, type Readings } from './readings.ts'

/** By path: why the schema refuses what stands there, or misses it. `''`: the whole. */
export type Refusals = ReadonlyMap<string, string>

export type Attempt<T> =
  | { readonly value: T; readonly readings: Readings; readonly refusals: null }
  | { readonly refusals: Refusals }

/** What a schema refuses, as it is tried. */
interface Candidate {
  readonly untried: unknown[]
  readonly reasons: string[]
}

export async function readAs<T>(schema: StandardSchemaV1<unknown, T>, found: Readings): Promise<Attempt<T>> {
  const readings = new Map(found)
  const candidates = new Map<string, Candidate>()
  for (;;) {
    const result = await validate(schema, readings)
    if (result.issues === undefined) return { value: result.value, readings, refusals: null }
    const advanced = result.issues.map((issue) => advance(issue, found, readings, candidates))
    if (!advanced.includes(true)) return { refusals: refusalsOf(result.issues, candidates) }
  }
}

/** A schema that throws says no more than that. */
async function validate<T>(
  schema: StandardSchemaV1<unknown, T>,
  readings: Readings,
): Promise<StandardSchemaV1.Result<T>> {
  try {
    return await schema['~standard'].validate(nest(readings))
  } catch (error) {
    return { issues: [{ message: `the schema threw ${error}` }] }
  }
}

/** The value that `issue` names is read otherwise; false: it has no other reading. */
function advance(
  issue: StandardSchemaV1.Issue,
  found: Readings,
  readings: Map<string, unknown>,
  candidates: Map<string, Candidate>,
): boolean {
  const path = pathOf(issue)
  const candidate = candidates.get(path) ?? { untried: otherReadings(found.get(path)), reasons: [] }
  candidates.set(path, candidate)
  noteReason(candidate.reasons, issue.message, readings.get(path))
  if (candidate.untried.length === 0) return false
  readings.set(path, candidate.untried.shift())
  return true
}

/** Of another reading than the first the user must be told which; not if the schema says the same of it. */
function noteReason(reasons: string[], message: string, reading: unknown): void {
  if (reasons.length === 0) reasons.push(message)
  else if (reasons[0] !== message) reasons.push(`as ${typeof reading} ${reading}: ${message}`)
}

/** What the schema says of the value as it stands, and of the likeliest other reading. */
function refusalsOf(
  issues: readonly StandardSchemaV1.Issue[],
  candidates: ReadonlyMap<string, Candidate>,
): Refusals {
  const paths = new Set(issues.map(pathOf))
  return new Map(
    [...paths].map((path) => [path, (candidates.get(path) as Candidate).reasons.slice(0, 2).join('; ')]),
  )
}

function pathOf({ path = [] }: StandardSchemaV1.Issue): string {
  return path.map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.')
}
