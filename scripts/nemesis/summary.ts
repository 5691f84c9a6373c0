// The end of a run, for people.

import type { NemesisResult } from '@quorate/testkit/nemesis'

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`

export function summaryOf(result: NemesisResult): string {
  const { operations, faults, leftOut, troubles, standstill, convergedMs, violations } = result
  const kinds = Object.entries(faults).map(([kind, count]) => `${count} ${kind}`)
  const { ok, failed, unknown } = operations
  return [
    `Operations      ${ok} ok, ${failed} failed, ${unknown} unknown`,
    `Faults          ${kinds.join(', ') || 'none'}; ${leftOut} left out, ${troubles} times trouble`,
    `Without commit  ${seconds(standstill.lastsMs)} at the longest, from ${seconds(standstill.beginMs)} on`,
    `Converged       ${convergedMs === null ? 'never' : `in ${seconds(convergedMs)} once all ran`}`,
    ...violations,
    `Verdict         ${result.verdict}`,
  ].join('\n')
}
