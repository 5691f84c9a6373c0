// I3: applied state is a function of the committed prefix: equal index, equal digest.

import type { Index } from '@quorate/core/simulation'
import { Violation } from '../violation.ts'

/** A digest goes over the whole state: on the way it is asked for at every so manieth index, and always at the end. */
const every = 4

export class EqualState {
  readonly #digests = new Map<Index, number>()

  /** The same up to `index`. */
  upTo(index: Index): EqualState {
    const state = new EqualState()
    for (const [each, digest] of this.#digests) if (each <= index) state.#digests.set(each, digest)
    return state
  }

  applied(nodeid: number, index: Index, digest: () => number): void {
    if (index % every === 0) this.compare(nodeid, index, digest())
  }

  compare(nodeid: number, index: Index, digest: number): void {
    const known = this.#digests.get(index)
    if (known === undefined) this.#digests.set(index, digest)
    else if (known !== digest)
      throw new Violation(
        'I3',
        `the state of node ${nodeid} at ${index} is not that of another replica there`,
      )
  }
}
