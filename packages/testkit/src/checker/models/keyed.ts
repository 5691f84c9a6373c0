// All ready models can be kept once per key.

/** Which of several objects of one kind is meant. */
export interface Keyed {
  /** Objects with different keys are checked each alone. Without it: one object. */
  readonly key?: string
}

export function keyOf({ key }: Keyed): string {
  return key ?? ''
}
