// Cases of the contract: order, delivery to oneself, and messages whole at any size. That orders agree, that nothing
// comes twice and nothing comes changed is checked at the end of every case (transport-contract-checks.ts).

import assert from 'node:assert/strict'
import { describeEvent, memberKey, messageKey } from './transport-contract-log.ts'
import { numbered, patterned } from './transport-contract-messages.ts'
import type { Scene, Stage } from './transport-contract-stage.ts'
import type { Witness } from './transport-contract-witness.ts'

const loadMessages = 2000
/** Large ones: a fast layer below takes small messages as fast as they are sent. */
const floodMessages = 200
const floodMessageBytes = 256 * 1024
const floodBytesMax = 512 * 1024 * 1024
const largeBytes = 5_000_000

export const orderScenes: readonly Scene[] = [
  ['members that all send at once deliver everything in one order', underLoad],
  ['a lone member delivers what it sends', alone],
  ['messages of 0 bytes, 1 byte and 5 MB arrive as they were sent', sizes],
  ['the longest message arrives, a longer one is refused with a RangeError', longest],
  ['a full queue refuses, drains, and delivers exactly what it accepted', backPressure],
]

async function underLoad(stage: Stage): Promise<void> {
  const three = await stage.joinThree()
  await Promise.all(
    three.map((witness) => witness.sendAll(numbered(memberKey(witness.self), loadMessages, 64))),
  )
  for (const witness of three) await witness.untilMessages(three.length * loadMessages)
  const orders = three.map(orderOf)
  assert.equal(orders[1], orders[0], 'The second member delivered in another order than the first')
  assert.equal(orders[2], orders[0], 'The third member delivered in another order than the first')
}

async function alone(stage: Stage): Promise<void> {
  const witness = await stage.join(1)
  await witness.sendAll(numbered('alone', 100))
  await witness.untilMessages(100)
  assert.deepEqual(deliveredKeys(witness), witness.sent, 'It must deliver what it sent, in order, once')
}

async function sizes(stage: Stage): Promise<void> {
  const three = await stage.joinThree()
  const wanted = [new Uint8Array(0), Uint8Array.of(7), patterned('large', largeBytes)]
  const allowed = wanted.filter((bytes) => bytes.length <= three[0].member.messageBytesMax)
  await three[0].sendAll(allowed)
  for (const witness of three) {
    await witness.untilMessages(allowed.length)
    const seen = witness.messages.map(({ bytes }) => messageKey(bytes))
    assert.deepEqual(seen, allowed.map(messageKey), `${memberKey(witness.self)} must deliver them unchanged`)
  }
}

async function longest(stage: Stage): Promise<void> {
  const three = await stage.joinThree()
  const { messageBytesMax } = three[0].member
  const tooLong = three[0].offer([new Uint8Array(messageBytesMax + 1)])
  await assert.rejects(tooLong, { name: 'RangeError' }, 'One byte above messageBytesMax must be a RangeError')
  await three[0].sendAll([patterned('longest', messageBytesMax)])
  for (const witness of three) await witness.untilLastOf(three[0])
}

async function backPressure(stage: Stage): Promise<void> {
  const [sender, ...others] = await stage.joinThree()
  let round = 0
  let accepted = floodMessages
  while (accepted === floodMessages) {
    assert.ok(
      round * floodMessages * floodMessageBytes < floodBytesMax,
      `${round * floodMessages} messages of ${floodMessageBytes} bytes were accepted: the queue must be bounded`,
    )
    accepted = await sender.offer(numbered(`flood ${round}`, floodMessages, floodMessageBytes))
    round += 1
  }
  await sender.until('drain after the refusal', () => sender.has('drain'))
  await sender.sendAll([patterned('after the flood', 0)])
  for (const witness of [sender, ...others]) {
    await witness.untilLastOf(sender)
    assert.deepEqual(deliveredKeys(witness), sender.sent, 'Exactly the accepted messages, in order, once')
  }
}

function orderOf(witness: Witness): string {
  return witness.messages.map(describeEvent).join('\n')
}

function deliveredKeys(witness: Witness): string[] {
  return witness.messages.map(({ bytes }) => messageKey(bytes))
}
