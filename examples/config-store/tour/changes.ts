// Reads a stream of server-sent events, as `GET /watch` gives it.

export interface Change {
  readonly change: string
  readonly data: { readonly key?: string; readonly version?: number; readonly revision?: number }
}

/** The changes from the first on; ends the connection when the reader stops. */
export async function* changes(url: string, signal: AbortSignal): AsyncGenerator<Change, void, void> {
  const { body } = await fetch(url, { signal })
  if (body === null) throw new Error(`${url} gave no stream`)
  let text = ''
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + part).split('\n\n')
    text = blocks.pop() ?? ''
    yield* blocks.flatMap(parse)
  }
}

function parse(block: string): Change[] {
  const [, change, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? []
  return change === undefined || data === undefined ? [] : [{ change, data: JSON.parse(data) }]
}
