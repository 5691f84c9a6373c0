import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { forgottenRuns } from './forgotten-run.ts'

test('a file that runs each suite last is sound', () => {
  equal(forgottenRuns("import { test } from 'uvu'\ntest('a', f)\ntest.skip('b', f)\ntest.run()"), [])
})

test('a missing run() is found, also beside a suite that is run', () => {
  equal(forgottenRuns("const a = suite('a')\nconst b = suite<C>('b')\na('x', f)\nb('y', f)\na.run()"), ['b'])
})

test('a test after run() is found', () => {
  equal(forgottenRuns("import { test } from 'uvu'\ntest.run()\ntest('late', f)"), ['test'])
})

test('a hook after run() is found', () => {
  equal(forgottenRuns("import { test } from 'uvu'\ntest('a', f)\ntest.run()\ntest.after.each(f)"), ['test'])
})

test('a renamed test is followed', () => {
  equal(forgottenRuns("import { suite, test as check } from 'uvu'\ncheck('a', f)"), ['check'])
})

test('a suite that a helper makes is followed', () => {
  equal(forgottenRuns("const test = clusterTest('a')\ntest('x', f)"), ['test'])
  equal(forgottenRuns("const test = clusterTest('a')\ntest('x', f)\ntest.run()"), [])
})

test('comments do not run a suite', () => {
  equal(forgottenRuns("import { test } from 'uvu'\ntest('a', f)\n// test.run()\n/* test.run() */"), ['test'])
})

test('an address in a string is no comment', () => {
  equal(forgottenRuns("import { test } from 'uvu'\ntest('http://a', f); test.run()"), [])
})

test('the method test of another object is no suite', () => {
  equal(forgottenRuns("import { test } from 'uvu'\ntest('a', f)\ntest.run()\n/x/.test('x')"), [])
})

test('an imported and unused test is sound', () => {
  equal(forgottenRuns("import { suite, test } from 'uvu'\nconst a = suite('a')\na('x', f)\na.run()"), [])
})

test.run()
