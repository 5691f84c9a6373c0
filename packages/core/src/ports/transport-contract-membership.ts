// Cases of the contract: joining, leaving, dying, and what a member sees of the time before and after.

import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { describeEvent, holds, memberKey, messageKey } from './transport-contract-log.ts'
import { numbered } from './transport-contract-messages.ts'
import type { Scene, Stage } from './transport-contract-stage.ts'
import { membersKey, type Witness } from './transport-contract-witness.ts'

const streamMessages = 5
const streamPiecesMax = 500
const streamMessageBytes = 300_000
const silenceMs = 100

export const membershipScenes: readonly Scene[] = [
  ['a membership begins with a view that holds the joiner; earlier messages are not seen', firstView],
  ['each join and each leave gives everybody a view with exactly the members', joinsAndLeaves],
  [
    'who joins in the midst of large messages sees whole ones, and exactly those behind its view',
    joinMidStream,
  ],
  ['groups do not hear each other', twoGroups],
  ['names that cannot name a group are refused with a BadOption', groupNames],
  ['after close nothing comes, sending throws, and the others see the member leave', closing],
  ['what was accepted before close is handed over', closingHandsOver],
]

/** Needs `kill`. */
export const killScenes: readonly Scene[] = [
  ['a process that dies is named no more; the others go on', killed],
]

async function firstView(stage: Stage): Promise<void> {
  const early = await stage.join(1)
  await early.sendAll(numbered('before', 10))
  await early.untilLastOf(early)
  const late = await stage.join(2)
  await early.untilMembers([early, late])
  await early.sendAll(numbered('after', 10))
  await late.untilLastOf(early)
  const [first] = late.events
  assert.ok(
    first?.type === 'view' && holds(first, late.self),
    `The first event must be its view; ${late.describe()}`,
  )
  assert.equal(
    late.messages.length,
    10,
    `Only the 10 messages sent after its view may come; ${late.describe()}`,
  )
}

async function joinsAndLeaves(stage: Stage): Promise<void> {
  const [a, b, c] = await stage.joinThree()
  await b.member.close()
  for (const witness of [a, c]) await witness.untilMembers([a, c])
  const again = await stage.join(2)
  for (const witness of [a, again, c]) await witness.untilMembers([a, again, c])
  const seen = a.views.map((view) => membersKey(view.members))
  const expected = [[a], [a, b], [a, b, c], [a, c], [a, again, c]].map((of) =>
    membersKey(of.map(({ self }) => self)),
  )
  assert.deepEqual(
    withoutRepeats(seen),
    expected,
    'The first member must see one change of members at a time',
  )
}

async function joinMidStream(stage: Stage): Promise<void> {
  const sender = await stage.join(1)
  const joining = stage.join(2)
  for (let piece = 0; (sender.view?.members.length ?? 0) < 2; piece++) {
    assert.ok(piece < streamPiecesMax, `The joiner must appear while messages stream; ${sender.describe()}`)
    await sender.sendAll(numbered(`stream ${piece}`, streamMessages, streamMessageBytes))
    await sender.untilLastOf(sender)
  }
  const joiner = await joining
  await sender.sendAll(numbered('end', streamMessages, streamMessageBytes))
  for (const witness of [sender, joiner]) await witness.untilLastOf(sender)
  const from = sender.events.findIndex((event) => event.type === 'view' && holds(event, joiner.self))
  const behind = sender.events.slice(from).filter((event) => event.type === 'message')
  assert.deepEqual(
    joiner.messages.map(describeEvent),
    behind.map(describeEvent),
    'The joiner must see exactly what the sender delivers behind the view with the joiner',
  )
}

async function twoGroups(stage: Stage): Promise<void> {
  const here = await stage.join(1)
  const there = await stage.join(2, '-other')
  await here.sendAll(numbered('here', 5))
  await there.sendAll(numbered('there', 5))
  for (const witness of [here, there]) {
    await witness.untilLastOf(witness)
    assert.equal(witness.messages.length, 5, `Only its own group's messages may come; ${witness.describe()}`)
    assert.deepEqual(witness.view?.members, [witness.self], 'Only its own group may be in the view')
  }
}

async function groupNames(stage: Stage): Promise<void> {
  for (const name of ['', 'x'.repeat(128), 'é'.repeat(64), 'nul\0inside']) {
    const join = stage.cluster.join(stage.node(1), name)
    await assert.rejects(
      join,
      { name: 'QuorateError', code: 'BadOption' },
      `${JSON.stringify(name)} must be refused`,
    )
  }
}

async function closing(stage: Stage): Promise<void> {
  const [a, b, c] = await stage.joinThree()
  const sending = a.sendAll(numbered('traffic', 500))
  await Promise.all([b.member.close(), b.member.close()])
  await b.refresh()
  const eventsAtClose = b.events.length
  await sending
  await Promise.all([a, c].map((witness) => witness.untilMembers([a, c])))
  await pause(silenceMs)
  await b.refresh()
  assert.equal(b.events.length, eventsAtClose, `No event may come after close; ${b.describe()}`)
  await assert.rejects(b.offer([Uint8Array.of(1)]), Error, 'Sending after close must throw')
}

async function closingHandsOver(stage: Stage): Promise<void> {
  const [a, b, c] = await stage.joinThree()
  await b.offer(numbered('last words', 10, 10_000))
  await b.member.close()
  for (const witness of [a, c]) {
    await witness.untilMembers([a, c])
    const heard = witness.messages.map(({ bytes }) => messageKey(bytes))
    assert.deepEqual(
      heard,
      b.sent,
      `${memberKey(witness.self)} must deliver what was accepted before the close`,
    )
  }
}

async function killed(stage: Stage): Promise<void> {
  const [a, b, c] = await stage.joinThree()
  await b.sendAll(numbered('alive', 5))
  for (const witness of [a, b, c]) await witness.untilLastOf(b)
  await stage.cluster.kill?.(b.member)
  await goOn([a, c])
}

async function goOn(survivors: readonly Witness[]): Promise<void> {
  for (const witness of survivors) await witness.untilMembers(survivors)
  for (const witness of survivors) await witness.sendAll(numbered(`survivor ${memberKey(witness.self)}`, 20))
  for (const witness of survivors) for (const sender of survivors) await witness.untilLastOf(sender)
}

function withoutRepeats(keys: readonly string[]): string[] {
  return keys.filter((key, index) => key !== keys[index - 1])
}
