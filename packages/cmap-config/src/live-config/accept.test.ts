// What becomes of values that a schema refuses, with schemas of zod.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { accept } from './accept.ts'
import type { Readings } from './readings.ts'

const test = suite('accepting')

const readings = (entries: Record<string, unknown>): Readings => new Map(Object.entries(entries))

async function look<T>(schema: z.ZodType<T>, found: Record<string, unknown>, last?: Record<string, unknown>) {
  const { accepted, refusals } = await accept(
    schema,
    readings(found),
    last === undefined ? null : readings(last),
  )
  return { value: accepted?.value ?? null, refused: [...refusals.keys()], reasons: [...refusals.values()] }
}

const service = z.object({
  size: z.number().int().max(1000).default(100),
  name: z.string().default('none'),
  fast: z.boolean().default(false),
})

test('text is read as what the schema asks for, and stays text where it asks for text', async () => {
  const { value, refused } = await look(service, { size: '5', name: '5', fast: 'yes' })
  assert.equal(value, { size: 5, name: '5', fast: true })
  assert.equal(refused, [])
})

test('numbers are read as booleans or text where the schema asks for them', async () => {
  const { value } = await look(service, { name: 7, fast: 1 })
  assert.equal(value, { size: 100, name: '7', fast: true })
})

test('values deep inside, in arrays and unions too, are read as what is asked for', async () => {
  const schema = z.object({
    node: z.array(z.object({ nodeid: z.number(), ports: z.array(z.union([z.number(), z.boolean()])) })),
  })
  const found = { 'node.0.nodeid': '1', 'node.0.ports.0': 'off', 'node.0.ports.1': '8' }
  assert.equal((await look(schema, found)).value, { node: [{ nodeid: 1, ports: [false, 8] }] })
})

test('a bigint is given where the schema asks for one', async () => {
  const schema = z.object({ a: z.bigint(), b: z.bigint() })
  assert.equal((await look(schema, { a: '18446744073709551615', b: 5 })).value, { a: 2n ** 64n - 1n, b: 5n })
})

test('at first the default stands for a value that is refused', async () => {
  const { value, refused, reasons } = await look(service, { size: '5000', fast: 'maybe' })
  assert.equal(value, { size: 100, name: 'none', fast: false })
  assert.equal(refused, ['size', 'fast'])
  assert.match(String(reasons[0]), /expected number, received string; as number 5000: Too big/)
})

test('at first there is nothing without a default, and all that is wrong is named', async () => {
  const schema = z.object({ a: z.number(), b: z.number(), c: z.number() })
  const { value, refused } = await look(schema, { a: 'x', c: 'y' })
  assert.is(value, null)
  assert.equal(refused, ['a', 'b', 'c'])
})

test('later the last good value of the key stays, and all others are new', async () => {
  const { value, refused } = await look(service, { size: 'x', name: 'new' }, { size: 7, name: 'old' })
  assert.equal(value, { size: 7, name: 'new', fast: false })
  assert.equal(refused, ['size'])
})

test('a value that is deleted is as its default, and one that must be there as it was', async () => {
  assert.equal((await look(service, {}, { size: 7 })).value, { size: 100, name: 'none', fast: false })
  const { value, refused } = await look(z.object({ must: z.number() }), {}, { must: 7 })
  assert.equal(value, { must: 7 })
  assert.equal(refused, ['must'])
})

test('what goes together only in part falls back where the schema says it is wrong', async () => {
  const range = z
    .object({ low: z.number(), high: z.number() })
    .refine(({ low, high }) => low <= high, { path: ['high'], error: 'below low' })
  const { value, refused } = await look(range, { low: '5', high: '3' }, { low: 1, high: 9 })
  assert.equal(value, { low: 5, high: 9 })
  assert.equal(refused, ['high'])
})

test('where that does not do, nothing of the look is used', async () => {
  const range = z
    .object({ low: z.number(), high: z.number() })
    .refine(({ low, high }) => low <= high, { path: ['high'], error: 'below low' })
  assert.is((await look(range, { low: 50, high: 60, x: 1 }, { low: 1, high: 9 })).refused.length, 0)
  const { value, refused } = await look(range, { low: 50, high: 3 }, { low: 1, high: 9 })
  assert.is(value, null)
  assert.equal(refused, ['high'])
})

test('a section that is wrong as a whole falls back as a whole', async () => {
  const section = z.object({ a: z.number().default(1), b: z.number().default(2) })
  const schema = z.object({ part: section.refine(({ a, b }) => a + b < 10, 'too much') })
  const found = { 'part.a': 9, 'part.b': 9 }
  const { value, refused } = await look(schema, found, { 'part.a': 5 })
  assert.equal(value, { part: { a: 5, b: 2 } })
  assert.equal(refused, ['part'])
})

test('an issue with the whole leaves nothing to use', async () => {
  const { value, refused, reasons } = await look(z.strictObject({ a: z.number() }), { a: 1, b: 2 }, { a: 1 })
  assert.is(value, null)
  assert.equal(refused, [''])
  assert.match(String(reasons), /Unrecognized key/)
})

test('a value where others have a level is left out, and named', async () => {
  const schema = z.object({ a: z.object({ b: z.number() }) })
  const { value, refused, reasons } = await look(schema, { a: 5, 'a.b': 1 })
  assert.equal(value, { a: { b: 1 } })
  assert.equal(refused, ['a'])
  assert.match(String(reasons), /a\.b is below it/)
})

test('a schema that throws refuses the whole', async () => {
  const schema = z.object({}).refine(() => {
    throw new Error('a bug')
  })
  const { value, reasons } = await look(schema, {}, {})
  assert.is(value, null)
  assert.match(String(reasons), /the schema threw Error: a bug/)
})

test('asynchronous schemas are asked likewise', async () => {
  const schema = z.object({ a: z.number().refine(async (a) => a < 10) })
  assert.equal((await look(schema, { a: '5' })).value, { a: 5 })
  assert.equal((await look(schema, { a: '50' }, { a: 7 })).value, { a: 7 })
})

test.run()
