import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { collectTests } from './collect.ts'

test('this file is found by a part of its path', () => {
  equal(collectTests(['runner/collect.test']), { unit: ['scripts/runner/collect.test.ts'], cluster: [] })
})

test('without patterns all tests are found, and no fixtures', () => {
  const { unit } = collectTests()
  ok(unit.length > 3)
  equal(
    unit.filter((path) => path.includes('fixtures') || path.includes('node_modules')),
    [],
  )
})

for (const folder of ['bench', 'examples'])
  test(`tests below ${folder} are found`, () => {
    ok(collectTests().unit.some((path) => path.startsWith(`${folder}/`)))
  })

test('several patterns widen the search', () => {
  equal(collectTests(['runner/collect.test', 'runner/report.test']).unit, [
    'scripts/runner/collect.test.ts',
    'scripts/runner/report.test.ts',
  ])
})

test.run()
