import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { Steered } from './steered.ts'

/** A part whose moves end when the test says so. */
class Part {
  readonly moves: string[] = []
  readonly errors: string[] = []
  readonly steered: Steered<string>
  #end: (error?: Error) => void = () => {}

  constructor() {
    const move = (to: string): Promise<void> => {
      this.moves.push(to)
      return new Promise((resolve, reject) => {
        this.#end = (error) => (error === undefined ? resolve() : reject(error))
      })
    }
    this.steered = new Steered<string>('a', move, ({ message }) => this.errors.push(message))
  }

  async end(error?: Error): Promise<void> {
    this.#end(error)
    await new Promise(setImmediate)
  }
}

test('what it is in already is not moved to, unless it may have left it', async () => {
  const part = new Part()
  part.steered.want('a')
  equal(part.moves, [])
  part.steered.renew('a')
  equal(part.moves, ['a'])
  await part.end()
  await part.steered.settled()
})

test('what is wanted during a move is passed over when something else is wanted after it', async () => {
  const part = new Part()
  for (const condition of ['b', 'c', 'd']) part.steered.want(condition)
  equal(part.moves, ['b'])
  await part.end()
  equal(part.moves, ['b', 'd'])
  await part.end()
  await part.steered.settled()
  equal(part.moves, ['b', 'd'])
})

test('one that returns to where it was during a move goes back there', async () => {
  const part = new Part()
  part.steered.want('b')
  part.steered.want('a')
  await part.end()
  equal(part.moves, ['b', 'a'])
})

test('a move that fails is told, and made again when it is wanted again', async () => {
  const part = new Part()
  part.steered.want('b')
  await part.end(new Error('no'))
  equal(part.errors, ['no'])
  equal(part.moves, ['b'])
  part.steered.want('b')
  equal(part.moves, ['b', 'b'])
  await part.end()
  let isSettled = false
  await part.steered.settled().then(() => {
    isSettled = true
  })
  is(isSettled, true)
})

test.run()
