// Back-pressure: what is open is bounded in number and bytes. Who finds no room waits in line, first come, first served.

export interface RoomLimits {
  readonly openCommandsMax: number
  readonly openBytesMax: number
}

interface Waiter {
  readonly bytes: number
  readonly enter: () => void
}

export class Room {
  readonly #limits: () => RoomLimits
  readonly #line = new Set<Waiter>()
  #count = 0
  #bytes = 0

  /** @param limits as they are now: who changes them calls `admit` */
  constructor(limits: () => RoomLimits) {
    this.#limits = limits
  }

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }

  /** How many wait in line. */
  get waiting(): number {
    return this.#line.size
  }

  /** False: there is no room, or others wait for it. */
  tryEnter(bytes: number): boolean {
    if (this.#line.size > 0 || !this.#fits(bytes)) return false
    this.#take(bytes)
    return true
  }

  /** Calls `enter` when there is room, unless what this returns was called before. */
  wait(bytes: number, enter: () => void): () => void {
    const waiter = { bytes, enter }
    this.#line.add(waiter)
    return () => {
      // The next one may be small enough for what is free.
      if (this.#line.delete(waiter)) this.admit()
    }
  }

  leave(bytes: number): void {
    this.#count -= 1
    this.#bytes -= bytes
    this.admit()
  }

  /** Lets in who fits by now. */
  admit(): void {
    for (const waiter of this.#line) {
      if (!this.#fits(waiter.bytes)) return
      this.#line.delete(waiter)
      this.#take(waiter.bytes)
      waiter.enter()
    }
  }

  /** One that is larger than the whole room goes in alone. */
  #fits(bytes: number): boolean {
    const { openCommandsMax, openBytesMax } = this.#limits()
    return this.#count === 0 || (this.#count < openCommandsMax && this.#bytes + bytes <= openBytesMax)
  }

  #take(bytes: number): void {
    this.#count += 1
    this.#bytes += bytes
  }
}
