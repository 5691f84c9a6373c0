// Tests that need a cluster of real daemons. Where none can be started they are skipped, and the reason is printed:
// a skipped test that says nothing would pass for a passed one.

import { clusterUnavailable } from '@quorate/testkit'
import { suite, type Test } from 'uvu'

/**
 * A uvu suite whose tests are all skipped when this machine cannot run a cluster. Start the cluster inside of a
 * test: uvu does not count what hooks throw.
 */
export function clusterTest(name: string): Test {
  const test = suite(name)
  const reason = clusterUnavailable()
  if (reason === null) return test
  console.log(`"${name}" is skipped. ${reason}`)
  const skip = (title: string): void => test.skip(title)
  return Object.assign(skip, { ...test, only: skip })
}
