// Definitions, and the types that flow from them: what is marked as an error here is one for the type checker.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { defineForeignMachine, type ForeignState } from './define-foreign-machine.ts'
import { defineMachine } from './define-machine.ts'
import { errorOf } from './machine.test-support.ts'
import type { Commands, Machine, StateOf } from './machine.ts'

const bank = defineMachine({
  name: 'bank',
  version: 1,
  initial: () => ({ total: 0, owners: new Map<string, { readonly name: string }>() }),
  reducers: {
    add(state, by: number, ctx) {
      const now: number = ctx.now
      state.total += by
      return state.total + now
    },
    open(state, input: { name: string; deposit?: number }) {
      // @ts-expect-error the state has no such field
      state.missing = 1
      state.owners.set(input.name, { name: input.name })
    },
    round(state, digits?: number) {
      return `${state.total}${digits}`
    },
    reset(state, _, ctx) {
      state.total = ctx.index
      return true
    },
    count(state) {
      return state.owners.size
    },
  },
  onMembership(state, { joined }, ctx) {
    state.total += joined.length
    ctx.emit(joined)
  },
})

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only when the two types are the same. */
function same<A, B>(_: Equal<A, B>): void {}

test('the types of submit flow from the reducers', () => {
  type Submit = Commands<typeof bank>
  same<Submit['add'], (input: number) => Promise<number>>(true)
  same<Submit['open'], (input: { name: string; deposit?: number }) => Promise<void>>(true)
  same<Submit['round'], (input?: number | undefined) => Promise<string>>(true)
  same<Submit['reset'], () => Promise<boolean>>(true)
  same<Submit['count'], () => Promise<number>>(true)
  same<keyof Submit, 'add' | 'open' | 'round' | 'reset' | 'count'>(true)
  same<StateOf<typeof bank>['total'], number>(true)
})

test('what does not fit a reducer is an error for the type checker', () => {
  const submit = {} as Commands<typeof bank>
  const wrong = [
    // @ts-expect-error a number is asked for
    () => submit.add('5'),
    // @ts-expect-error an input is asked for
    () => submit.add(),
    // @ts-expect-error there is no such command
    () => submit.substract(5),
    // @ts-expect-error the command has no input
    () => submit.reset(1),
    // @ts-expect-error no such field
    () => submit.open({ name: 'a', surname: 'b' }),
  ]
  assert.is(wrong.length, 5)
})

interface StoreCommands {
  put(input: { key: string; value: string }): boolean
  clear(): void
}

class Store implements ForeignState<StoreCommands> {
  apply(): unknown {
    return undefined
  }
  snapshot(): Uint8Array {
    return new Uint8Array()
  }
  restore(): void {}
  digest(): number {
    return 0
  }
}

const store = defineForeignMachine<Store, StoreCommands>({
  name: 'store',
  version: 1,
  commands: ['put', 'clear'],
  open: () => new Store(),
})

test('a foreign machine has its commands from their interface', () => {
  same<Commands<typeof store>['put'], (input: { key: string; value: string }) => Promise<boolean>>(true)
  same<Commands<typeof store>['clear'], () => Promise<void>>(true)
  same<StateOf<typeof store>, Store>(true)
})

test('any machine is a Machine', () => {
  const machines: readonly Machine[] = [bank, store]
  assert.equal(
    machines.map(({ name }) => name),
    ['bank', 'store'],
  )
})

const sound = { name: 'sound', version: 1, initial: () => ({}), reducers: {} }

/** Defines what the types forbid, as JavaScript may. */
function define(definition: object): unknown {
  return defineMachine({ ...sound, ...definition } as typeof sound)
}

test('a bad definition says what is wrong with it', () => {
  const bad: readonly (readonly [object, RegExp])[] = [
    [{ name: '' }, /needs a name/],
    [{ version: 0 }, /version of machine 'sound' must be a whole number from 1 on, and is 0/],
    [
      { version: 2, minimumVersion: 3 },
      /minimumVersion of machine 'sound' must be from 1 to its version 2, and is 3/,
    ],
    [{ version: 2, minimumVersion: 1 }, /needs migrate\(state, from\)/],
    [{ initial: {} }, /machine 'sound' needs initial\(\)/],
    [{ reducers: { add: 5 } }, /the reducer 'add' must be a function, and is a number/],
    [{ reducers: { async add() {} } }, /the reducer 'add' is async/],
    [{ reducers: { add: null } }, /the reducer 'add' must be a function, and is null/],
    [{ reducers: { async *add() {} } }, /the reducer 'add' is async/],
    [{ reducers: { *add() {} } }, /the reducer 'add' is a generator/],
    // biome-ignore lint/suspicious/noThenProperty: it is what is refused.
    [{ reducers: { then() {} } }, /no command can be named 'then'/],
    [{ reducers: undefined }, /machine 'sound' needs reducers/],
    [{ onMembership: 5 }, /onMembership must be a function, or left out/],
    [{ version: 2, minimumVersion: 1, migrate: {} }, /migrate must be a function, or left out/],
    [{ limits: () => ({ timersMax: 0 }) }, /limits\.timersMax must be a whole number above 0, and is 0/],
    [{ limits: () => ({ timerMax: 5 }) }, /there is no limits.timerMax: is timersMax meant/],
    [{ limits: () => 5 }, /limits\(version\) must give an object, and gives 5/],
    [{ onMembershp() {} }, /there is no option onMembershp: is onMembership meant/],
    [{ since: 2 }, /since must be an object, .* and is 2/],
  ]
  for (const [definition, message] of bad) {
    const error = errorOf(() => define(definition))
    assert.is(error.code, 'BadOption')
    assert.match(error.message, message)
  }
})

test('no definition at all is told what one has', () => {
  const nothing = undefined as unknown as typeof sound
  assert.match(errorOf(() => defineMachine(nothing)).message, /at least name, version, initial and reducers/)
  const foreign = { name: 'store', version: 1, commands: ['then'], open: () => new Store() }
  assert.match(
    errorOf(() => defineForeignMachine(foreign as never)).message,
    /no command can be named 'then'/,
  )
  const listless = { ...foreign, commands: undefined } as never
  assert.match(
    errorOf(() => defineForeignMachine(listless)).message,
    /needs commands: the list of their names/,
  )
  const misspelt = { ...foreign, commands: ['put'], minimalVersion: 1 } as never
  assert.match(errorOf(() => defineForeignMachine(misspelt)).message, /is minimumVersion meant/)
  const limited = { ...foreign, commands: ['put'], limits: {} } as never
  assert.match(errorOf(() => defineForeignMachine(limited)).message, /limits must be a function/)
})

test.run()
