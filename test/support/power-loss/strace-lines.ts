// What strace writes (`-f -y -v -xx`), line by line, as calls that begin and end: with several threads other calls come
// between.

export interface SystemCall {
  readonly name: string
  /** Its first argument. */
  readonly fd: string
  /** Of the open file that is; '' when there is none. */
  readonly path: string
  /** What follows the first argument. */
  readonly rest: string
}

export interface CallEvent {
  readonly phase: 'begin' | 'end'
  readonly call: SystemCall
  /** What it returned; '' when it begins. */
  readonly result: string
}

const lineForm = /^(\d+) +(?:<\.\.\. \w+ resumed>(.*)|(\w+)\((\w+)(?:<((?:\\x..)*)>)?(.*))$/
const unfinished = ' <unfinished ...>'

export function* callEvents(trace: string): Generator<CallEvent> {
  const begun = new Map<string, SystemCall>()
  for (const line of trace.split('\n')) {
    const [, thread = '', resumed, name, fd = '', path = '', rest = ''] = lineForm.exec(line) ?? []
    if (name !== undefined) {
      const call = { name, fd, path: bytesOf(path).toString(), rest: rest.replace(/\) += .*$| <unf.*$/, '') }
      begun.set(thread, call)
      yield { phase: 'begin', call, result: '' }
    }
    const call = begun.get(thread)
    if (call === undefined || rest.endsWith(unfinished)) continue
    begun.delete(thread)
    yield { phase: 'end', call, result: (resumed ?? rest).replace(/^.*\) += /, '') }
  }
}

/** Of a text of `\x00` and the like. */
export function bytesOf(hexadecimal: string): Buffer {
  return Buffer.from(hexadecimal.replaceAll('\\x', ''), 'hex')
}
