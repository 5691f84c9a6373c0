import { suite, test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { decodeFrame, fragmentHeaderBytes, wholeHeaderBytes } from './frames.ts'
import { SendQueue, type SendQueueLimits } from './send-queue.ts'

/** Fragments hold 4 bytes, whole messages up to 16. */
const atomicBytesMax = fragmentHeaderBytes + 4
const wholeBytesMax = atomicBytesMax - wholeHeaderBytes

/** A queue on a daemon that takes `room` CPG messages and then says CS_ERR_TRY_AGAIN. Packs nothing by default. */
class Daemon {
  room = Number.POSITIVE_INFINITY
  attempts = 0
  /** Taken messages: a whole one as its text, a fragment as number:index/count=part, a pack as text+text. */
  readonly taken: string[] = []
  readonly queue: SendQueue

  constructor(limits: Partial<SendQueueLimits> = {}) {
    const all = { atomicBytesMax, packBytesMax: 0, queueBytesMax: 1000, queueMessagesMax: 1000, ...limits }
    this.queue = new SendQueue((buffers) => this.#multicast(Buffer.concat(buffers)), all)
  }

  send(text: string): boolean {
    return this.queue.send(Buffer.from(text))
  }

  #multicast(bytes: Buffer): boolean {
    this.attempts++
    if (this.taken.length >= this.room) return false
    const frame = decodeFrame(bytes)
    if (frame?.type === 'whole') this.taken.push(Buffer.from(frame.bytes).toString())
    if (frame?.type === 'pack') this.taken.push(frame.messages.map((bytes) => Buffer.from(bytes)).join('+'))
    if (frame?.type === 'fragment') {
      const { number, index, count, part } = frame
      this.taken.push(`${number}:${index}/${count}=${Buffer.from(part)}`)
    }
    return true
  }
}

const long = 'abcdefghijklmnopq'
const firstAttempt = ['1:0/5=abcd', '1:1/5=efgh', '1:2/5=ijkl', '1:3/5=mnop', '1:4/5=q']
const secondAttempt = firstAttempt.map((fragment) => fragment.replace('1:', '2:'))

test('a message goes to the daemon at once, in one piece up to the atomic size', () => {
  const daemon = new Daemon()
  is(daemon.send(''), true)
  is(daemon.send('x'.repeat(wholeBytesMax)), true)
  equal(daemon.taken, ['', 'x'.repeat(wholeBytesMax)])
  is(daemon.queue.empty, true)
})

test('what the daemon does not take waits, and goes in order', () => {
  const daemon = new Daemon()
  daemon.room = 1
  for (const text of ['a', 'b', 'c']) is(daemon.send(text), true)
  equal([daemon.taken, daemon.queue.empty, daemon.queue.stalled], [['a'], false, true])
  daemon.room = 2
  daemon.queue.flush()
  equal([daemon.taken, daemon.queue.stalled], [['a', 'b'], true])
  daemon.room = 9
  is(daemon.send('d'), true)
  equal([daemon.taken, daemon.queue.empty, daemon.queue.stalled], [['a', 'b', 'c', 'd'], true, false])
})

test('a message that waits is a copy', () => {
  const daemon = new Daemon()
  daemon.room = 0
  const bytes = Buffer.from('abc')
  daemon.queue.send(bytes)
  bytes.fill('x')
  daemon.room = 1
  daemon.queue.flush()
  equal(daemon.taken, ['abc'])
})

test('a full queue refuses, and takes again when there is room', () => {
  for (const limits of [{ queueMessagesMax: 2 }, { queueBytesMax: 6 }]) {
    const daemon = new Daemon(limits)
    daemon.room = 0
    equal(
      ['aaa', 'bbb', 'ccc'].map((text) => daemon.send(text)),
      [true, true, false],
    )
    daemon.room = 1
    daemon.queue.flush()
    equal([daemon.send('ddd'), daemon.send('eee')], [true, false])
    daemon.room = 9
    daemon.queue.flush()
    equal(daemon.taken, ['aaa', 'bbb', 'ddd'])
  }
})

test('an empty queue takes a message of any size', () => {
  const daemon = new Daemon({ queueBytesMax: 1, queueMessagesMax: 1 })
  daemon.room = 0
  equal([daemon.send('xyz'), daemon.send('a')], [true, false])
})

test('there is room to speak of again when it is half empty, in messages and in bytes', () => {
  const daemon = new Daemon({ queueMessagesMax: 4, queueBytesMax: 100 })
  daemon.room = 0
  for (const text of ['a', 'b', 'c', 'd']) daemon.send(text)
  const roomy = [1, 2, 3, 4].map((room) => {
    daemon.room = room
    daemon.queue.flush()
    return daemon.queue.hasRoomFor(1)
  })
  equal(roomy, [false, true, true, true])
  daemon.send('x'.repeat(16))
  is(daemon.queue.hasRoomFor(1), true)
  const bytes = new Daemon({ queueMessagesMax: 100, queueBytesMax: 20 })
  bytes.room = 0
  bytes.send('x'.repeat(11))
  is(bytes.queue.hasRoomFor(1), false)
})

test('there is no room for a message that would be refused again, until nothing is queued', () => {
  const daemon = new Daemon({ queueBytesMax: 20 })
  daemon.room = 1
  for (const text of ['a', 'b', 'c']) daemon.send(text)
  is(daemon.send('x'.repeat(30)), false)
  equal([daemon.queue.hasRoomFor(1), daemon.queue.hasRoomFor(30)], [true, false])
  daemon.room = 9
  daemon.queue.flush()
  is(daemon.queue.hasRoomFor(30), true)
  is(daemon.send('x'.repeat(30)), true)
})

test('thousands that waited leave in order, and nothing of them stays', () => {
  const daemon = new Daemon({ queueMessagesMax: 5000, queueBytesMax: 1e6 })
  daemon.room = 0
  const texts = Array.from({ length: 5000 }, (_, i) => String(i))
  for (const text of texts) daemon.send(text)
  for (daemon.room = 7; !daemon.queue.empty; daemon.room += 7) daemon.queue.flush()
  equal(daemon.taken, texts)
})

const longMessages = suite('long messages')

longMessages('go as fragments, each of the atomic size', () => {
  const daemon = new Daemon()
  is(daemon.send(long), true)
  equal(daemon.taken, firstAttempt)
})

longMessages('hold back what follows until the last fragment was delivered here', () => {
  const daemon = new Daemon()
  daemon.send(long)
  daemon.send('after')
  equal([daemon.taken, daemon.queue.empty, daemon.queue.stalled], [firstAttempt, false, false])
  for (let i = 0; i < 4; i++) daemon.queue.delivered(1, false)
  equal(daemon.taken, firstAttempt)
  daemon.queue.delivered(1, true)
  equal([daemon.taken, daemon.queue.empty], [[...firstAttempt, 'after'], true])
})

longMessages('pause under CS_ERR_TRY_AGAIN and go on where they were', () => {
  const daemon = new Daemon()
  daemon.room = 2
  daemon.send(long)
  equal([daemon.taken.length, daemon.queue.stalled], [2, true])
  daemon.room = 9
  daemon.queue.flush()
  equal([daemon.taken, daemon.queue.stalled], [firstAttempt, false])
})

longMessages('count as queued until their last fragment was delivered here', () => {
  const daemon = new Daemon({ queueBytesMax: long.length })
  daemon.send(long)
  equal([daemon.send('a'), daemon.queue.hasRoomFor(1)], [false, false])
  daemon.queue.delivered(1, true)
  equal([daemon.queue.hasRoomFor(1), daemon.send(long), daemon.send('a')], [true, true, false])
})

longMessages('cut by a view after a fragment was delivered, go again from the first', () => {
  const daemon = new Daemon()
  daemon.send(long)
  daemon.queue.delivered(1, false)
  daemon.queue.view()
  equal(daemon.taken, [...firstAttempt, ...secondAttempt])
})

longMessages('do not go again when the view came before their first fragment', () => {
  const daemon = new Daemon()
  daemon.send(long)
  daemon.queue.view()
  daemon.queue.view()
  equal(daemon.taken, firstAttempt)
  daemon.queue.delivered(1, true)
  is(daemon.queue.empty, true)
})

longMessages(
  'that go again are not taken for cut by the next view, until one of the new fragments came',
  () => {
    const daemon = new Daemon()
    daemon.send(long)
    daemon.queue.delivered(1, false)
    daemon.queue.view()
    // What is left of the first attempt is delivered in the new view, and ignored.
    daemon.queue.delivered(1, false)
    daemon.queue.view()
    equal(daemon.taken, [...firstAttempt, ...secondAttempt])
    daemon.queue.delivered(2, false)
    daemon.queue.view()
    is(daemon.taken.length, 15)
  },
)

longMessages('cut while half of them was handed over, go again whole', () => {
  const daemon = new Daemon()
  daemon.room = 2
  daemon.send(long)
  daemon.queue.delivered(1, false)
  daemon.queue.view()
  daemon.room = 99
  daemon.queue.flush()
  equal(daemon.taken, [...firstAttempt.slice(0, 2), ...secondAttempt])
})

longMessages('wait their turn behind shorter ones', () => {
  const daemon = new Daemon()
  daemon.room = 0
  for (const text of ['first', long, 'last']) daemon.send(text)
  daemon.room = 99
  daemon.queue.flush()
  equal(daemon.taken, ['first', ...firstAttempt])
  daemon.queue.delivered(1, true)
  equal(daemon.taken, ['first', ...firstAttempt, 'last'])
})

const packs = suite('packs')

/** Two messages of 2 bytes fill one pack, or one of 2 and one of 1. */
const packing = { packBytesMax: 16, atomicBytesMax: 24 }

packs('small messages wait for the flush, and go together', () => {
  const daemon = new Daemon(packing)
  is(daemon.send('a'), true)
  equal([daemon.taken, daemon.queue.empty, daemon.queue.stalled], [[], false, true])
  daemon.send('b')
  daemon.queue.flush()
  equal([daemon.taken, daemon.queue.empty], [['a+b'], true])
})

packs('hold no more than their bytes, and a message that is left over goes alone', () => {
  const daemon = new Daemon(packing)
  for (const text of ['aa', 'bb', 'cc', '', '', 'd']) daemon.send(text)
  daemon.queue.flush()
  equal(daemon.taken, ['aa+bb', 'cc+', '+d'])
})

packs('go without a flush when there is enough for one', () => {
  const daemon = new Daemon({ ...packing, queueMessagesMax: 100 })
  for (let i = 0; i < 16; i++) daemon.send('x')
  equal([daemon.taken.length, daemon.queue.empty], [8, true])
})

packs('that the daemon does not take are tried again only by a flush', () => {
  const daemon = new Daemon(packing)
  daemon.room = 0
  for (let i = 0; i < 100; i++) daemon.send('x')
  is(daemon.attempts, 1)
  daemon.room = 99
  daemon.queue.flush()
  equal([daemon.taken.length, daemon.queue.empty], [50, true])
})

packs('a message that fills one alone goes at once, behind the small ones that wait', () => {
  const daemon = new Daemon(packing)
  daemon.send('x'.repeat(9))
  equal(daemon.taken, ['x'.repeat(9)])
  daemon.send('a')
  daemon.send('y'.repeat(9))
  equal(daemon.taken, ['x'.repeat(9), 'a', 'y'.repeat(9)])
})

packs('long messages stay in their place between small ones', () => {
  const daemon = new Daemon({ packBytesMax: 16 })
  for (const text of ['a', 'b', long, 'c', 'd']) daemon.send(text)
  daemon.queue.flush()
  equal(daemon.taken, ['a+b', ...firstAttempt])
  daemon.queue.delivered(1, true)
  equal(daemon.taken, ['a+b', ...firstAttempt, 'c+d'])
})

test.run()
longMessages.run()
packs.run()
