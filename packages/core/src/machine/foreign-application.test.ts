import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { QuorateError, Rejection } from '../errors.ts'
import type { Context } from './context.ts'
import { joined } from './data/slices.test-support.ts'
import { type CommandOf, defineForeignMachine, type ForeignState } from './define-foreign-machine.ts'
import type { MembershipChange } from './group-membership.ts'
import { commands, incarnation, process, type Spoken, tick, view } from './machine.test-support.ts'
import { type Applied, ReplicatedState, snapshotDecoder } from './replicated-state.ts'

interface WordCommands {
  add(word: string): number
  expire(input: { word: string; atMs: number }): void
  remove(word: string): void
}

/** Words in a list of its own. */
class Words implements ForeignState<WordCommands> {
  readonly list: string[] = []

  apply(command: CommandOf<WordCommands>, context: Context): unknown {
    switch (command.name) {
      case 'add':
        return this.#add(command.input, context)
      case 'expire':
        return context.schedule(command.input.word, command.input.atMs, 'remove', command.input.word)
      case 'remove':
        return void this.list.splice(this.list.indexOf(command.input), 1)
    }
  }

  onMembership({ joined }: MembershipChange): void {
    for (const { nodeid } of joined) this.list.push(`node ${nodeid}`)
  }

  migrate(from: number): void {
    this.list.push(`from ${from}`)
  }

  snapshot(): Uint8Array {
    return new TextEncoder().encode(this.list.join('\n'))
  }

  restore(snapshot: Uint8Array): void {
    this.list.push(...new TextDecoder().decode(snapshot).split('\n'))
  }

  digest(): string {
    return this.list.join()
  }

  #add(word: string, context: Context): number {
    context.emit(word)
    if (word === '') throw new Rejection('empty', 'A word has letters')
    return this.list.push(word)
  }
}

const words = defineForeignMachine<Words, WordCommands>({
  name: 'words',
  version: 2,
  minimumVersion: 1,
  commands: ['add', 'expire', 'remove'],
  open: () => new Words(),
})

class Stage {
  readonly replica = new ReplicatedState(words)

  constructor() {
    this.apply(view({ participants: [process(1)] }))
  }

  apply(body: Parameters<ReplicatedState['apply']>[1]): Applied {
    return this.replica.apply(this.replica.index + 1, body, incarnation(1))
  }

  say(spoken: readonly Spoken[], first = 1): Applied {
    return this.apply(commands(spoken, { first }))
  }
}

test('commands, membership, timers and versions reach a foreign state', () => {
  const stage = new Stage()
  const { outcomes } = stage.say([
    ['add', 'one'],
    ['add', 'two'],
    ['expire', { word: 'one', atMs: 2000 }],
  ])
  assert.equal(outcomes[1], { type: 'result', number: 2, result: 3 })
  stage.apply(tick(2000))
  stage.apply(view({ participants: [process(1), process(2)], version: 2 }))
  assert.equal(stage.replica.state.list, ['node 1', 'two', 'from 1', 'node 2'])
})

test('a rejection is the answer, and what was done through ctx is undone', () => {
  const stage = new Stage()
  const { outcomes, events } = stage.say([
    ['add', 'one'],
    ['add', ''],
    ['add', 'two'],
  ])
  assert.equal(
    outcomes.map(({ type }) => type),
    ['result', 'rejected', 'result'],
  )
  assert.equal(events, ['one', 'two'])
})

test('a snapshot brings the foreign state and the sessions, and its digest is asked for', () => {
  const stage = new Stage()
  stage.say([['add', 'one']])
  const restored = new ReplicatedState(words)
  restored.restore(stage.replica.snapshot())
  assert.equal(restored.state.list, ['node 1', 'one'])
  assert.is(restored.digest(), stage.replica.digest())
  stage.say([['add', 'two']], 2)
  assert.is.not(restored.digest(), stage.replica.digest())
})

test('a foreign state gets its bytes when all parts are there', () => {
  const stage = new Stage()
  stage.say([['add', 'one']])
  const restored = new ReplicatedState(words)
  const { state } = restored
  const decoder = snapshotDecoder()
  for (const byte of stage.replica.snapshot()) decoder.add(Uint8Array.of(byte))
  assert.is(restored.state, state)
  restored.restoreFrom(decoder)
  assert.equal(restored.state.list, ['node 1', 'one'])
  assert.is(restored.digest(), stage.replica.digest())
})

test('a captured snapshot holds the bytes of its moment, also of a state that gives its own', () => {
  const own = Buffer.alloc(100)
  class Own extends Words {
    override snapshot(): Uint8Array {
      return own.fill(this.list.length)
    }
  }
  const replica = new ReplicatedState(
    defineForeignMachine<Own, WordCommands>({
      name: 'own',
      version: 1,
      commands: ['add'],
      open: () => new Own(),
    }),
  )
  replica.apply(1, view({ participants: [process(1)] }), incarnation(1))
  const then = replica.snapshot()
  const capture = replica.captureSnapshot()
  replica.apply(2, commands([['add', 'one']]), incarnation(1))
  assert.is.not(Buffer.from(then).equals(replica.snapshot()), true)
  assert.equal(
    joined(capture, () => 7),
    then,
  )
})

test('a command that is not among those of the definition is unknown', () => {
  try {
    new Stage().say([['vanish']])
    assert.unreachable()
  } catch (error) {
    assert.instance(error, QuorateError)
    assert.is((error as QuorateError).code, 'UnknownReducer')
  }
})

test('every entry with a command counts as a change of a foreign state, others do not', () => {
  const stage = new Stage()
  assert.equal([stage.say([['add', 'one']]).changed, stage.apply(tick(1)).changed], [true, false])
})

test.run()
