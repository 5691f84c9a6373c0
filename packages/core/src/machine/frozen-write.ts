// What to say of the engine's refusal to write into a frozen object, which names neither the object nor a way out.

const refusals =
  /^Cannot (assign to read only property|add property|delete property|define property|redefine property|set property)|^\[Immer\] This object has been frozen/

/** A sentence for what a machine threw; none where it is something else. */
export function frozenWriteHint(thrown: unknown): string {
  return thrown instanceof Error && refusals.test(thrown.message)
    ? ' (a reducer may change nothing but the draft that it gets as state: not its context, nor what another command, ' +
        'the module or replica.state holds. Copy what you want to change)'
    : ''
}
