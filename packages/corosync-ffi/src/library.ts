// Loads a shared library at its first use, never at import: a machine without corosync, or another operating
// system, can import everything. The one place that imports koffi, with poll.ts.

import { createRequire } from 'node:module'
import type koffi from 'koffi'
import { CorosyncError, unwrap } from './errors.ts'
import { type Prototype, parsePrototype, structures } from './prototype.ts'

type TypeSpec = string | ReturnType<typeof koffi.proto>
type NativeLibrary = ReturnType<typeof koffi.load>

/** What a C function takes: numbers, handles and pointers as bigint, memory as a typed array. */
export type Argument = number | bigint | ArrayBufferView | null

/** A C function by itself, for hot paths; returns its `cs_error_t`. */
export type NativeFunction = ((...args: Argument[]) => number) & {
  async(...args: [...Argument[], (error: Error | null, status: number) => void]): void
}

/** What a library holds. Prototypes stand as in the header, without the semicolon. */
export interface LibraryTable {
  readonly soname: string
  /** The Debian package that installs it. */
  readonly debianPackage: string
  readonly functions: readonly string[]
  readonly callbacks: readonly string[]
}

let loadedKoffi: typeof koffi | undefined

/**
 * koffi itself, loaded at first use. Its settings stay as they are: they can't be changed once anybody has loaded a
 * library. So what runs on a thread has koffi's 128 KiB of stack, which a dispatch call (1 MiB) would overrun.
 */
export function loadKoffi(): typeof koffi {
  loadedKoffi ??= createRequire(import.meta.url)('koffi') as typeof koffi
  return loadedKoffi
}

/** koffi's own counter of callbacks, for tests of leaks. */
export function nativeCallbackCount(): number {
  return loadKoffi().stats().callbacks
}

function koffiType(type: string): TypeSpec {
  const structure = structures[type]
  return structure === undefined ? type : loadKoffi().struct({ ...structure })
}

/** One C library. Every call reports another result than `CS_OK` as a `CorosyncError`. */
export class Library {
  readonly table: LibraryTable
  readonly #prototypes: ReadonlyMap<string, Prototype>
  readonly #functions = new Map<string, NativeFunction | undefined>()
  readonly #callbacks = new Map<string, bigint>()
  #library: NativeLibrary | undefined
  /** Fulfilled when no handle is being created. */
  #creation: Promise<void> = Promise.resolve()

  constructor(table: LibraryTable) {
    this.table = table
    const prototypes = [...table.functions, ...table.callbacks].map(parsePrototype)
    this.#prototypes = new Map(prototypes.map((prototype) => [prototype.name, prototype]))
  }

  /** Whether the installed library has the function (some were added or removed over time). */
  has(name: string): boolean {
    return this.#find(name) !== undefined
  }

  /**
   * The C function `name`, for callers that look at its status themselves.
   *
   * @throws {CorosyncError} `LIBRARY_MISSING`
   */
  native(name: string): NativeFunction {
    const found = this.#find(name)
    if (found !== undefined) return found
    const hint = `The installed ${this.table.soname} has no ${name}; another version of corosync has it.`
    throw new CorosyncError('LIBRARY_MISSING', name, hint)
  }

  /** Calls `name` on this thread. */
  call(name: string, ...args: Argument[]): void {
    unwrap(this.native(name)(...args), name)
  }

  /**
   * Calls `name` on another thread, so that a hung daemon does not hang the event loop. Nothing else may use the
   * handle meanwhile: it is not safe for several threads.
   */
  async callOnThread(name: string, ...args: Argument[]): Promise<void> {
    const native = this.native(name)
    const status = await new Promise<number>((resolve, reject) => {
      native.async(...args, (error, result) => (error === null ? resolve(result) : reject(error)))
    })
    unwrap(status, name)
  }

  /**
   * Calls the function that creates a handle, on another thread. One at a time: libqb's table of handles can give the
   * same place to two threads, and the first of them then gets CS_ERR_BAD_HANDLE for ever.
   */
  createOnThread(name: string, ...args: Argument[]): Promise<void> {
    const creation = this.#creation.then(() => this.callOnThread(name, ...args))
    this.#creation = creation.catch(() => {})
    return creation
  }

  /**
   * The C address of `handler` as the callback type `name`. One per type and process is enough and is all that is
   * ever made: koffi's callbacks are few, and a thousand connections share them.
   *
   * `handler` must not throw: koffi would skip the events that follow in the same dispatch.
   */
  callback(name: string, handler: (...args: never[]) => void): bigint {
    const known = this.#callbacks.get(name)
    if (known !== undefined) return known
    const { pointer, proto, register } = loadKoffi()
    const { result, parameters } = this.#prototype(name)
    const type = pointer(proto(koffiType(result), parameters.map(koffiType)))
    const address = register(handler, type)
    this.#callbacks.set(name, address)
    return address
  }

  #prototype(name: string): Prototype {
    const prototype = this.#prototypes.get(name)
    if (prototype === undefined) throw new Error(`${name} is not in the table of ${this.table.soname}.`)
    return prototype
  }

  #find(name: string): NativeFunction | undefined {
    if (!this.#functions.has(name)) this.#functions.set(name, this.#bind(this.#prototype(name)))
    return this.#functions.get(name)
  }

  #bind({ name, result, parameters }: Prototype): NativeFunction | undefined {
    const library = this.#load(name)
    try {
      return library.func(name, koffiType(result), parameters.map(koffiType)) as unknown as NativeFunction
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('Cannot find function')) return undefined
      throw error
    }
  }

  #load(call: string): NativeLibrary {
    try {
      this.#library ??= loadKoffi().load(this.table.soname)
      return this.#library
    } catch (error) {
      const remedy = `apt-get install ${this.table.debianPackage} (Debian, Ubuntu); corosync runs on Linux only`
      throw new CorosyncError(
        'LIBRARY_MISSING',
        call,
        `${this.table.soname} cannot be loaded: ${remedy}.`,
        error,
      )
    }
  }
}
