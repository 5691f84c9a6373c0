// No number beyond what the session table takes: docs/protocol.md, "Sessions".

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Ensemble } from '../ensemble.test-support.ts'

const test = suite('the window of open commands')

test('commands beyond the window wait for a lower one, and all are applied', () => {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of [1, 2, 3]) ensemble.start(id).machine.openCommandsMax = 2
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  ensemble.submit(1, 'a', 'b', 'c', 'd', 'e')
  const { open, waiting } = ensemble.actor(1).state
  assert.equal([open.size, waiting.size], [2, 3])
  ensemble.deliver()
  assert.is(ensemble.words(3), 'a b c d e')
})

test('what goes again keeps to a window that has become smaller', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.lose = (_, __, { type }) => type === 'propose'
  ensemble.submit(1, 'a', 'b', 'c', 'd', 'e')
  ensemble.deliver()
  ensemble.lose = () => false
  for (const id of [1, 2, 3]) ensemble.actor(id).machine.openCommandsMax = 2
  ensemble.input(1, ensemble.actor(1).machine.report(ensemble.actor(1).state.self.incarnation))
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'propose')
  assert.equal(ensemble.actor(1).state.unsent, [3, 4, 5])
  ensemble.deliver()
  assert.is(ensemble.words(3), 'a b c d e')
})

test.run()
