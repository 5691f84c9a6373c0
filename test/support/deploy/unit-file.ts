// A unit of systemd as the stand-in needs it: systemd.syntax(7), without continued lines, and systemd.time(7) in seconds.

export class UnitFile {
  readonly #settings: readonly (readonly [key: string, value: string])[]

  constructor(text: string) {
    this.#settings = [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value])
  }

  all(key: string): readonly string[] {
    return this.#settings.filter(([name]) => name === key).map(([, value]) => value)
  }

  get(key: string): string | undefined {
    return this.all(key).at(-1)
  }

  /** @throws {Error} it is not there, and there is no default */
  text(key: string): string {
    const value = this.get(key)
    if (value === undefined) throw new Error(`The unit has no ${key}=`)
    return value
  }

  ms(key: string, defaultMs: number): number {
    const value = this.get(key)
    if (value === undefined) return defaultMs
    const seconds = /^(\d+)s?$/.exec(value)?.[1]
    if (seconds === undefined) throw new Error(`${key}=${value} is not in seconds`)
    return Number(seconds) * 1000
  }
}
