import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import {
  decodeFrame,
  encodeFragmentHeader,
  encodePack,
  fragmentHeaderBytes,
  wholeHeader,
  wholeHeaderBytes,
} from './frames.ts'

const fragment = (number: number, index: number, count: number, part: string): Buffer =>
  Buffer.concat([encodeFragmentHeader(number, index, count), Buffer.from(part)])

const pack = (...texts: string[]): Buffer =>
  Buffer.from(
    encodePack(
      Buffer.alloc(1000),
      texts.map((text) => Buffer.from(text)),
    ),
  )

/** Numbers that are the same in every run: xorshift32. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

test('the headers are as long as they say', () => {
  equal([wholeHeader.length, encodeFragmentHeader(1, 2, 3).length], [wholeHeaderBytes, fragmentHeaderBytes])
})

test('the format is fixed: members of different builds talk to one another', () => {
  equal([...wholeHeader], [0x51, 0x63, 1, 0])
  is(Buffer.from(encodeFragmentHeader(0x01020304, 5, 6)).toString('hex'), '51630101040302010500000006000000')
})

test('a whole message, an empty one too', () => {
  for (const text of ['hello', '']) {
    const frame = decodeFrame(Buffer.concat([wholeHeader, Buffer.from(text)]))
    is(frame?.type, 'whole')
    is(frame?.type === 'whole' && Buffer.from(frame.bytes).toString(), text)
  }
})

test('a fragment, its numbers using all 32 bits', () => {
  const frame = decodeFrame(fragment(2 ** 32 - 1, 2 ** 32 - 2, 2 ** 32 - 1, 'part'))
  equal(frame, {
    type: 'fragment',
    number: 2 ** 32 - 1,
    index: 2 ** 32 - 2,
    count: 2 ** 32 - 1,
    part: Buffer.from('part'),
  })
})

test('a pack, its format fixed too, empty messages in it', () => {
  is(pack('ab', '').toString('hex'), '51630102020000006162' + '00000000')
  const frame = decodeFrame(pack('hello', '', 'x'))
  is(frame?.type, 'pack')
  if (frame?.type === 'pack') {
    equal(
      frame.messages.map((bytes) => Buffer.from(bytes).toString()),
      ['hello', '', 'x'],
    )
  }
})

test('a pack that its messages do not fill exactly is none of ours', () => {
  const whole = pack('hello', 'x')
  const wholeAt = [4, 4 + 4 + 5, whole.length]
  for (let length = 4; length <= whole.length; length++) {
    is(decodeFrame(whole.subarray(0, length)) !== undefined, wholeAt.includes(length), `${length} bytes`)
  }
  const beyond = pack('hello')
  beyond.writeUInt32LE(2 ** 32 - 1, 4)
  is(decodeFrame(beyond), undefined)
})

test('a frame that lies at an odd place of a larger buffer is read from there', () => {
  const memory = Buffer.concat([Buffer.from('xyz'), fragment(7, 0, 2, 'part')])
  const frame = decodeFrame(memory.subarray(3))
  is(frame?.type === 'fragment' && frame.number, 7)
})

test('nothing is copied', () => {
  const memory = Buffer.concat([wholeHeader, Buffer.from('hello')])
  const frame = decodeFrame(memory)
  memory[4] = 'j'.charCodeAt(0)
  is(frame?.type === 'whole' && Buffer.from(frame.bytes).toString(), 'jello')
})

test('what others send in the same group is none of ours', () => {
  const foreign = ['', 'Q', 'Qc', 'Qc\x01', 'Qc\x02\0hello', 'Qx\x01\0', 'hello', 'Qc\x01\x02hello']
  for (const text of foreign) is(decodeFrame(Buffer.from(text, 'latin1')), undefined, JSON.stringify(text))
})

test('a fragment beyond its count, without a part, or cut in its header is none of ours', () => {
  for (const [index, count] of [
    [0, 0],
    [3, 3],
    [4, 3],
  ] as const) {
    is(decodeFrame(fragment(1, index, count, 'part')), undefined)
  }
  is(decodeFrame(fragment(1, 0, 2, '')), undefined)
  for (let length = 4; length < fragmentHeaderBytes; length++) {
    is(decodeFrame(fragment(1, 0, 2, 'part').subarray(0, length)), undefined)
  }
})

test('no bytes whatever make it throw, or read beyond what they are', () => {
  const random = randomNumbers(4711)
  for (let i = 0; i < 20_000; i++) {
    const bytes = Buffer.from(random() % 2 ? fragment(1, 0, 2, 'part') : [...wholeHeader, 1, 2, 3])
    for (let n = random() % 4; n >= 0; n--) bytes[random() % bytes.length] = random()
    const frame = decodeFrame(bytes.subarray(0, random() % (bytes.length + 1)))
    if (frame?.type === 'fragment') ok(frame.index < frame.count && frame.part.length <= 4)
    if (frame?.type === 'whole') ok(frame.bytes.length <= bytes.length - wholeHeaderBytes)
  }
})

test.run()
