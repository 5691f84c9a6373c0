// Tables in the state of a machine: who may write into them, where they may be, and that what failed is undone.

import { isDraft } from 'immer'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Rejection } from '../../errors.ts'
import { encodeCommand } from '../command-batch.ts'
import { defineMachine } from '../define-machine.ts'
import { commands, errorOf, incarnation, process as member, tick, view } from '../machine.test-support.ts'
import { ReplicatedState } from '../replicated-state.ts'
import { type Act, type Box, BoxOffice, type Seat, seat } from './box.test-support.ts'
import { Table } from './table.ts'

const test = suite('tables of a state')
const one = incarnation(1)

const reject: Act = () => {
  throw new Rejection('no')
}
const crash: Act = () => {
  throw new TypeError('a bug')
}

test('reducers write beside the draft, and readers see it', () => {
  const office = new BoxOffice()
  const { outcomes, changed } = office.sell('a2', 'a1')
  assert.equal(
    outcomes.map((outcome) => outcome.type === 'result' && outcome.result),
    [3, 4],
  )
  assert.ok(changed)
  assert.equal(office.keys, ['a1', 'a2', 'node 1', 'z9'])
  assert.is(office.replica.state.sold, 2)
  assert.is(
    office.act(({ seats }) => seats.get('a1')?.holder),
    'of a1',
  )
})

test('a state that somebody keeps stays as it was; a table that nobody changed stays the same object', () => {
  const office = new BoxOffice()
  const [before, { seats }] = [office.replica.state, office.replica.state]
  office.act((state) => {
    state.sold = 7
  })
  assert.is.not(office.replica.state, before)
  assert.is(office.seats, seats)
  office.sell('a1')
  assert.equal([before.sold, seats.size, before.seats.has('a1')], [0, 2, false])
  assert.equal([office.replica.state.sold, office.seats.size], [8, 3])
  assert.is(office.seats, office.seats)
  assert.ok(Object.isFrozen(office.replica.state) && Object.isFrozen(office.seats))
})

test('a rejection undoes what its command wrote, whatever it wrote and in whichever place of the batch', () => {
  const office = new BoxOffice()
  const untouched = new BoxOffice()
  for (const each of [office, untouched]) each.sell('a1')
  const { state } = office.replica
  const spoil: Act = ({ seats }) => {
    seats.set('a1', seat('thief')).set('a1', seat('thief again')).set('new', seat('new'))
    seats.delete('z9')
    seats.delete('new')
    seats.update('node 1', (value) => void value.tags.push('spoiled'))
    for (let at = 0; at < 100; at++) seats.set(`x${at}`, seat('x'))
  }
  office.act(spoil, reject)
  untouched.act(reject)
  assert.is(office.replica.state, state)
  assert.is(office.replica.digest(), untouched.replica.digest())
  const { changed } = office.say(['sell', { seat: 'a2', holder: 'nobody' }])
  assert.not(changed)
  office.say(
    ['sell', { seat: 'b1', holder: 'b' }],
    ['sell', { seat: 'b1', holder: 'nobody' }],
    ['sell', { seat: 'b2', holder: 'nobody' }],
    ['sell', { seat: 'b3', holder: 'b' }],
  )
  assert.equal(office.keys, ['a1', 'b1', 'b3', 'node 1', 'z9'])
  assert.equal([office.seats.get('b1')?.holder, office.replica.state.sold], ['b', 3])
})

test('a rejection brings back what was cleared, between other writes too', () => {
  const office = new BoxOffice()
  const untouched = new BoxOffice()
  const { state } = office.replica
  const before = office.replica.snapshot()
  office.act(
    ({ seats }) => void seats.set('a1', seat('thief')).clear(),
    ({ seats }) => void seats.set('z9', seat('thief')).set('a2', seat('thief')).clear(),
    ({ seats }) => void seats.set('a3', seat('thief')).delete('z9'),
    reject,
  )
  untouched.act(reject)
  assert.is(office.replica.state, state)
  assert.is(office.replica.digest(), untouched.replica.digest())
  assert.equal(office.keys, ['node 1', 'z9'])
  const cleared: Act = ({ seats }) => seats.clear()
  assert.match(errorOf(() => office.act(cleared, crash)).message, /a bug/)
  const encoder = office.replica.captureSnapshot()
  office.act(cleared)
  assert.equal([office.keys, state.seats.size], [[], 2])
  const captured = new BoxOffice()
  captured.replica.restore(encoder.next(1e6).bytes)
  assert.equal(captured.keys, ['node 1', 'z9'])
  assert.is.not(Buffer.compare(before, office.replica.snapshot()), 0)
})

test('an entry with a bug leaves all tables as they were', () => {
  const office = new BoxOffice()
  const before = office.replica.snapshot()
  const write: Act = ({ seats }) => void seats.set('a1', seat('x')).delete('z9')
  assert.match(errorOf(() => office.act(write, crash)).message, /failed at entry 2.*a bug/)
  assert.equal(office.replica.snapshot(), before)
  assert.match(
    errorOf(() => office.act(write, ({ seats }, { emit }) => emit(seats))).message,
    /is a Table, whose only/,
  )
  assert.equal(office.replica.snapshot(), before)
})

test('timers and changes of membership write too', () => {
  const office = new BoxOffice()
  office.act((_state, { schedule }) => schedule('t', 2000, 'sell', { seat: 'timed', holder: 'timer' }))
  office.act((_state, { schedule }) => schedule('u', 2000, 'sell', { seat: 'timed', holder: 'nobody' }))
  office.apply(tick(2000))
  office.apply(view({ participants: [member(1), member(2)], timeMs: 2000 }))
  assert.equal(office.keys, ['node 1', 'node 2', 'timed', 'z9'])
  assert.is(office.seats.get('timed')?.holder, 'timer')
})

test('nobody else writes: neither readers, nor what a reducer left behind, nor another replica', () => {
  const [office, other] = [new BoxOffice(), new BoxOffice()]
  let held: Table<Seat> | null = null
  office.act(({ seats }) => {
    held = seats
  })
  const kept = held as unknown as Table<Seat>
  const writes = [kept, office.seats].flatMap((table) => [
    () => table.set('a1', seat('x')),
    () => table.delete('z9'),
    () => table.clear(),
    () => table.update('z9', (value) => void value.tags.push('x')),
  ])
  for (const write of writes) {
    const { code, message } = errorOf(write)
    assert.is(code, 'BadOption')
    assert.match(message, /^state\.seats can be written by the machine's reducers only, .*submit a command/)
    assert.match(
      errorOf(() => other.act(write)).message,
      /state\.seats can be written by the machine's reducers/,
    )
  }
  assert.equal(office.keys, ['node 1', 'z9'])
})

const misplaced: readonly (readonly [string, Act, RegExp])[] = [
  ['made in a command', () => new Table(), /A reducer makes no Table: make it in initial/],
  [
    'at another place',
    (state) => void Object.assign(state, { other: state.seats }),
    /put a Table at state\.other: only initial/,
  ],
  [
    'nested',
    (state) => void state.list.push({ of: state.seats }),
    /state\.list.*is a Table, whose only place/,
  ],
  ['replaced', (state) => void Object.assign(state, { seats: 1 }), /took the Table away from state\.seats/],
  [
    'removed',
    (state) => delete (state as { seats?: unknown }).seats,
    /took the Table away from state\.seats/,
  ],
  ['as a result', (state) => state.seats, /result of 'act'.*is a Table, whose only place/],
  ['in an event', (state, { emit }) => emit([state.seats]), /\[0\] is a Table, whose only place/],
  [
    'in a timer',
    (state, { schedule }) => schedule('t', 1, 'act', state.seats),
    /is a Table, whose only place/,
  ],
  ['in an entry', (state) => state.seats.set('a', state.seats as never), /state\.seats\['a'\].*is a Table/],
  ['in a rejection', (state) => reject2(state.seats), /data of the Rejection.*is a Table/],
]

function reject2(data: unknown): never {
  throw new Rejection('no', 'no', data)
}

test('a table has its one place, and who puts it elsewhere is told', () => {
  for (const [name, act, message] of misplaced) {
    const office = new BoxOffice()
    const before = office.replica.snapshot()
    assert.match(
      errorOf(() => office.act(({ seats }) => void seats.set('a1', seat('x')), act)).message,
      message,
      name,
    )
    assert.equal(office.replica.snapshot(), before, name)
  }
  assert.match(
    errorOf(() => encodeCommand('sell', new Table())).message,
    /'sell'.*is a Table, whose only place/,
  )
})

test('so it is without the guard; only what is nested is found by the snapshot', () => {
  for (const [name, act, message] of misplaced) {
    const office = new BoxOffice(false)
    if (name === 'nested') office.act(act)
    const fail = () => (name === 'nested' ? office.replica.snapshot() : office.act(act))
    assert.match(
      errorOf(fail).message,
      name === 'nested' ? /at \[5\]\.list\[0\]\.of is a Table/ : message,
      name,
    )
  }
})

test('a value that cannot come back is named by its key', () => {
  const office = new BoxOffice()
  const { message } = errorOf(() =>
    office.act(({ seats }) => seats.set('a1', { ...seat('x'), f: () => 1 } as Seat)),
  )
  assert.match(message, /state\.seats\['a1'\]: The value at \.f is a function/)
})

test('a date in a value that a reducer writes into fails the command, however it got there', () => {
  const dated = (): BoxOffice => {
    const office = new BoxOffice()
    office.act(({ seats }) => void seats.set('a1', { ...seat('x'), at: new Date(5) }))
    return office
  }
  const reach: Act[] = [
    ({ seats }) => seats.get('a1')?.at?.setTime(9),
    ({ seats }) => seats.first()?.[1].at?.setTime(9),
    ({ seats }) => [...seats].map(([, { at }]) => at?.setTime(9)),
    ({ seats }) => seats.update('a1', ({ at }) => void at?.setTime(9)),
    ({ seats }) => seats.update('a1', (value) => void Object.assign(value, { holder: 'y' }))?.at?.setTime(9),
  ]
  for (const act of reach) {
    const [office, restored] = [dated(), new BoxOffice()]
    restored.replica.restore(office.replica.snapshot())
    for (const { replica } of [office, restored]) {
      assert.match(errorOf(() => office.act(act)).message, /A Date of the state was written into/)
      assert.is(replica.state.seats.get('a1')?.at?.getTime(), 5)
    }
  }
})

test('a reducer may write into what it made, until it sets it', () => {
  const office = new BoxOffice()
  office.act(({ seats }) => {
    const made = { ...seat('x'), at: new Date(5) }
    seats.set('a1', made)
    made.at.setTime(9)
    made.tags.push('late')
  })
  assert.equal(office.seats.get('a1'), { ...seat('x'), at: new Date(5) })
})

test('a table is no draft, and looks the same to each replica', () => {
  const look: Act = ({ seats }) => [isDraft(seats), Object.isFrozen(seats), Object.isFrozen(seats.get('z9'))]
  const [office, restored] = [new BoxOffice(), new BoxOffice()]
  restored.replica.restore(office.replica.snapshot())
  assert.equal(
    [office.act(look), restored.act(look)],
    [
      [false, true, true],
      [false, true, true],
    ],
  )
})

const shared = new Table<Seat>([['a1', seat('shared')]])

interface Later {
  seats?: Table<Seat>
  places?: Table<Seat>
  names: { [seat: string]: string }
}

const grown = (migrate: (state: Later, from: number) => Later | undefined) =>
  defineMachine({
    name: 'grown',
    version: 3,
    minimumVersion: 1,
    initial: (version): Later =>
      version === 1 ? { names: { a1: 'ann', b1: 'bob' } } : { names: {}, seats: shared, places: shared },
    migrate,
    reducers: {
      sell: ({ seats, places }, name: string) => void (places ?? seats)?.set(name, seat(name)),
    },
  })

/** From version 1 to 3 in one entry. */
function migrated(migrate: (state: Later, from: number) => Later | undefined): ReplicatedState<Later> {
  const replica = new ReplicatedState<Later>(grown(migrate))
  replica.apply(1, view({ participants: [member(1)], version: 1 }), one)
  replica.apply(2, view({ participants: [member(1)], version: 3 }), one)
  replica.apply(3, commands([['sell', 'c1']]), one)
  return replica
}

function toTable(state: Later): Table<Seat> {
  return new Table(Object.entries(state.names).map(([name, holder]) => [name, seat(holder)]))
}

test('a migration makes tables, fills, renames and removes them, in place or by another state', () => {
  const inPlace = migrated((state, from) => {
    if (from === 1) state.seats = toTable(state)
    if (from === 1) return
    state.seats?.delete('a1')
    state.places = state.seats as Table<Seat>
    delete state.seats
  })
  const returned = migrated((state, from) => {
    if (from === 1) return { ...state, seats: toTable(state) }
    state.seats?.delete('a1')
    return { names: state.names, places: state.seats as Table<Seat> }
  })
  for (const { state } of [inPlace, returned]) {
    assert.equal(Object.keys(state), ['names', 'places'])
    assert.equal(
      [...(state.places as Table<Seat>)].map(([key]) => key),
      ['b1', 'c1'],
    )
  }
  assert.is(inPlace.digest(), returned.digest())
})

test('a migration that fails leaves the tables as they were, and one table has one place', () => {
  const replica = new ReplicatedState<Later>(
    grown((state, from) => {
      if (from === 1) state.seats = toTable(state)
      else state.places = state.seats as Table<Seat>
    }),
  )
  replica.apply(1, view({ participants: [member(1)], version: 1 }), one)
  const before = replica.snapshot()
  const raise = () => replica.apply(2, view({ participants: [member(1)], version: 3 }), one)
  assert.match(
    errorOf(raise).message,
    /state\.(seats|places) has a Table that is elsewhere too: make a new one/,
  )
  assert.equal(replica.snapshot(), before)
})

test('tables that replicas and places begin with are their own, also from a constant', () => {
  const replicas = [1, 2].map(() => {
    const replica = new ReplicatedState<Later>(grown(() => undefined))
    replica.apply(1, view({ participants: [member(1)], version: 3 }), one)
    return replica
  })
  const [first, second] = replicas as [ReplicatedState<Later>, ReplicatedState<Later>]
  first.apply(2, commands([['sell', 'b1']]), one)
  shared.set('c1', seat('late'))
  assert.equal([first.state.places?.size, first.state.seats?.size, second.state.places?.size], [2, 1, 1])
})

test('a table anywhere in the first state but at its top level is refused', () => {
  const machine = defineMachine({
    name: 'deep',
    version: 1,
    initial: () => ({ in: { seats: new Table() } }),
    reducers: {},
  })
  assert.match(
    errorOf(() => new ReplicatedState(machine)).message,
    /initial state: .*\.in\.seats is a Table, whose/,
  )
})

test('the types of tables go through drafts, optional and not', () => {
  defineMachine({
    name: 'typed',
    version: 1,
    initial: (): { seats: Table<Seat>; maybe?: Table<number>; readonly rows: readonly string[] } => ({
      seats: new Table(),
      rows: [],
    }),
    reducers: {
      check(state, _: undefined) {
        const seats: Table<Seat> = state.seats
        const maybe: Table<number> | undefined = state.maybe
        const rows: string[] = state.rows
        // @ts-expect-error: of another value
        seats.set('a1', 1)
        const found: { readonly holder: string } | undefined = seats.get('a1')
        return [maybe, rows, found] as unknown as Box['list']
      },
    },
  })
})

test.run()
