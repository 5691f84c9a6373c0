import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { formatTable, formatValue } from './table.ts'

test('columns are aligned, and rows say whether they reach their goal', () => {
  const table = formatTable([
    { name: 'throughput', value: 1234.5, unit: 'msg/s', better: 'higher' },
    { name: 'ratio', value: 0.5, unit: '×', better: 'higher', goal: 0.95 },
    { name: 'p50', value: 1.1, unit: 'ms', better: 'lower', goal: 1.15 },
  ])
  equal(table.split('\n'), [
    '             value  unit   goal',
    'throughput    1235  msg/s',
    'ratio       0.5000  ×      ≥ 0.95  MISSED',
    'p50          1.100  ms     ≤ 1.15  ok',
  ])
})

for (const [value, text] of [
  [0, '0.000'],
  [1234567, '1234567'],
  [12.3456, '12.35'],
  [0.00012345, '0.000123'],
  [-2.34567, '-2.346'],
] as const) {
  test(`${value} is written ${text}`, () => is(formatValue(value), text))
}

test.run()
