import { test } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { Series } from './series.ts'

function seriesOf(bytesByNode: Readonly<Record<number, readonly number[]>>): Series {
  const series = new Series()
  for (const [nodeid, bytes] of Object.entries(bytesByNode))
    bytes.forEach((each, minute) => {
      series.add(Number(nodeid), minute, each)
    })
  return series
}

const values = (series: Series) => series.rows('heap').map(({ name, value }) => [name, value])

test('of several processes, the one that grows fastest is told, in megabytes', () => {
  const series = seriesOf({ 1: [9e6, 8e6, 7e6], 2: [1e6, 3e6, 5e6], 3: [50e6, 51e6, 52e6] })
  equal(values(series), [
    ['heap_first_mb', 1],
    ['heap_last_mb', 5],
    ['heap_mb_per_min', 2],
  ])
})

test('the latest figure of each node is there to be read', () => {
  is(seriesOf({ 1: [1e6, 2.5e6], 2: [4e6] }).latest, '2.5, 4.0 MB')
})

test('too few samples are an error, and no growth of 0', () => {
  throws(() => new Series().rows('heap'), RangeError)
  throws(() => seriesOf({ 1: [1e6, 2e6], 2: [1e6] }).rows('heap'), RangeError)
})

test.run()
