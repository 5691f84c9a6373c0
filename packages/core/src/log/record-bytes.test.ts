import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { emptyRecord, numberedRecord } from '../ports/storage-contract-samples.ts'
import { decodeRecord, encodeRecord } from './record-bytes.ts'

const test = suite('the record as bytes')

for (const record of [emptyRecord, numberedRecord(0), numberedRecord(2 ** 40)]) {
  test(`a record of commit ${record.commit} comes out as it went in`, () =>
    assert.equal(decodeRecord(encodeRecord(record)), record))
}

test('what is cut off or followed by something is none', () => {
  const bytes = encodeRecord(numberedRecord(1))
  for (let length = 0; length < bytes.length; length++)
    assert.is(decodeRecord(bytes.subarray(0, length)), undefined)
  assert.is(decodeRecord(Uint8Array.of(...bytes, 0)), undefined)
})

test('a record that could not be read again is not written', () => {
  assert.throws(() => encodeRecord({ ...emptyRecord, commit: -1 }), /must be an integer/)
})

test.run()
