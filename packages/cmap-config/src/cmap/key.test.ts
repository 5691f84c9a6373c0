import { CorosyncError } from '@quorate/corosync-ffi'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeKey, encodeKey, explained, keyMemoryBytes } from './key.ts'

const test = suite('keys of CMAP')

test('a key ends with a NUL', () => {
  assert.equal(encodeKey('a.b', 'cmap_get'), Buffer.from('a.b\0'))
})

test('a key is read up to its NUL, the longest too', () => {
  const memory = Buffer.alloc(keyMemoryBytes, 'x')
  for (const key of ['k'.repeat(255), 'a.b']) {
    memory.set(encodeKey(key, 'cmap_get'))
    assert.is(decodeKey(memory), key)
  }
})

test('255 bytes are a key; one more never reaches the library', () => {
  assert.is(encodeKey('k'.repeat(255), 'cmap_get').length, 256)
  assert.throws(
    () => encodeKey('k'.repeat(256), 'cmap_iter_init'),
    /cmap_iter_init: CS_ERR_NAME_TOO_LONG.* 3 to 255 characters/,
  )
})

test('a NUL within a key is refused', () => {
  assert.throws(() => encodeKey('a\0b', 'cmap_get'), /the key "a\\u0000b" holds a NUL/)
})

test('an error names the key, and keeps code and call', () => {
  const error = explained(new CorosyncError('CS_ERR_NOT_EXIST', 'cmap_get'), 'a.b') as CorosyncError
  assert.equal([error.code, error.call], ['CS_ERR_NOT_EXIST', 'cmap_get'])
  assert.match(error.message, /The map has no key "a\.b"/)
})

test('a parameter that is refused is explained by what the call takes', () => {
  const message = (call: string): string =>
    (explained(new CorosyncError('CS_ERR_INVALID_PARAM', call), 'a.b') as CorosyncError).message
  assert.match(message('cmap_set'), /The value for "a\.b" is longer than 16,384 bytes\.$/)
  assert.match(message('cmap_inc'), /"a\.b" is no integer, which cmap_inc needs\.$/)
})

test('an error that is not about a key stays as it is', () => {
  for (const error of [new CorosyncError('CS_ERR_LIBRARY', 'cmap_get'), new RangeError('x')]) {
    assert.is(explained(error, 'a.b'), error)
  }
})

test.run()
