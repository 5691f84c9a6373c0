// The format on the wire and in the log, byte for byte: members of different builds talk to one another, and hash the
// same entries into the same chain. golden/README.md says how to add a file and which ones never change.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeBody, encodeBody } from '../log/body.ts'
import { decodeMessage } from './decode.ts'
import { encodeMessage } from './encode.ts'
import { bodies, samples, sender } from './samples.test-support.ts'

const test = suite('golden files')
const folder = new URL('./golden/', import.meta.url)

/** The bytes in the file; without it, the error holds what belongs into it. */
function golden(name: string, encoded: Uint8Array): Uint8Array {
  const file = new URL(`${name}.hex`, folder)
  const hex = Buffer.from(encoded).toString('hex')
  assert.ok(
    existsSync(file),
    `golden/${name}.hex is missing; if the message is right, it holds this line:\n${hex}`,
  )
  return Uint8Array.from(Buffer.from(readFileSync(file, 'utf8').trim(), 'hex'))
}

for (const [name, message] of Object.entries(samples)) {
  test(`${name} has the bytes that it always had`, () => {
    const encoded = encodeMessage(sender, message)
    const bytes = golden(name, encoded)
    assert.is(Buffer.from(encoded).toString('hex'), Buffer.from(bytes).toString('hex'))
    assert.equal(decodeMessage(bytes), { ok: true, ...sender, message })
  })
}

for (const [type, body] of Object.entries(bodies)) {
  test(`a log entry of type ${type} has the bytes that it always had`, () => {
    const encoded = encodeBody(body)
    const bytes = golden(`body-${type}`, encoded)
    assert.is(Buffer.from(encoded).toString('hex'), Buffer.from(bytes).toString('hex'))
    assert.equal(decodeBody(bytes), body)
  })
}

test('each file is looked at', () => {
  const expected = [...Object.keys(samples), ...Object.keys(bodies).map((type) => `body-${type}`)]
  const files = readdirSync(folder).filter((file) => file.endsWith('.hex'))
  assert.equal(files.sort(), expected.map((name) => `${name}.hex`).sort())
})

test.run()
