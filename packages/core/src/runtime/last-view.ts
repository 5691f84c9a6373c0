// What the channel said last, for a loop that begins in the middle of a membership.

import type { QuorumChange, TransportEvent, View } from '../ports/transport.ts'

export class LastView {
  #view: View | null = null
  /** Came behind the view. */
  #quorum: QuorumChange | null = null

  note(event: TransportEvent): void {
    if (event.type === 'quorum') this.#quorum = event
    else if (event.type === 'view' || event.type === 'down') {
      this.#view = event.type === 'view' ? event : null
      this.#quorum = null
    }
  }

  tell(listener: { event(event: TransportEvent): void }): void {
    if (this.#view !== null) listener.event(this.#view)
    if (this.#quorum !== null) listener.event(this.#quorum)
  }
}
