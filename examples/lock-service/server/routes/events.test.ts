// Server-sent events, on real sockets.

import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { EventStream, unreadMax } from '../event-stream.ts'
import { defaultHttpLimits } from '../http-limits.ts'
import { type Context, Nodes, pathOf } from '../service.test-support.ts'

const test = suite<Context>('events')

let ports: number[] = []

test.before(async (context) => {
  const limits = { ...defaultHttpLimits, streamsPerClientMax: 2 }
  context.nodes = await Nodes.open({ limits: () => limits })
  for (const { app } of context.nodes.apps) await app.listen({ port: 0 })
  ports = context.nodes.apps.map(({ app }) => (app.server.address() as AddressInfo).port)
})
test.after(({ nodes }) => nodes.close())

interface Told {
  readonly event: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what there is.
  readonly data: any
}

class Reader {
  readonly told: Told[] = []
  readonly ended: Promise<void>
  readonly #controller = new AbortController()

  constructor(response: Response) {
    this.ended = this.#read(response).catch(() => undefined)
  }

  static async open(query: string, node = 1): Promise<Reader> {
    const reader = new Reader(await fetch(`http://127.0.0.1:${ports[node - 1]}/events?${query}`))
    await reader.until('current')
    return reader
  }

  /** The first of this name; it is taken off. */
  async until(event: string): Promise<Told['data']> {
    for (;;) {
      const place = this.told.findIndex((each) => each.event === event)
      if (place >= 0) return this.told.splice(place, 1)[0]?.data
      await sleep(2)
    }
  }

  async close(): Promise<void> {
    this.#controller.abort()
    await this.ended
  }

  async #read({ body }: Response): Promise<void> {
    let text = ''
    const options = { signal: this.#controller.signal }
    const sink = new WritableStream<string>({
      write: (part) => {
        const parts = (text + part).split('\n\n')
        text = parts.pop() ?? ''
        for (const each of parts) this.#take(each)
      },
    })
    await body?.pipeThrough(new TextDecoderStream()).pipeTo(sink, options)
  }

  #take(text: string): void {
    const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(text) ?? []
    if (event !== '') this.told.push({ event, data: JSON.parse(data) })
  }
}

test('changes of the locks with a prefix are told, and no others', async ({ nodes }) => {
  const reader = await Reader.open('lock=told/', 2)
  const session = await nodes.openSession()
  await nodes.acquire(session, 'other')
  await nodes.acquire(session, 'x', { wants: [{ mode: 'exclusive', lock: 'told/x' }] })
  equal(await reader.until('changed'), { type: 'changed', lock: 'told/x' })
  await nodes.release(session, 'x')
  equal(await reader.until('changed'), { type: 'changed', lock: 'told/x' })
  equal(reader.told, [])
  await reader.close()
})

test('a session is told what it is granted, and what it has lost', async ({ nodes }) => {
  const [session, other] = [await nodes.openSession(), await nodes.openSession()]
  const reader = await Reader.open(`session=${encodeURIComponent(session)}`, 3)
  await nodes.acquire(other, 'its')
  const { body } = await nodes.acquire(session, 'its2')
  equal(await reader.until('granted'), { type: 'granted', session, id: 'its2', tokens: [body.tokens.its2] })
  await nodes.ask('POST', '/operator/force-release', { lock: 'its2' })
  is((await reader.until('lost')).reason, 'forced')
  await nodes.ask('DELETE', pathOf(session))
  is((await reader.until('session-ended')).reason, 'closed')
  equal(reader.told, [])
  await reader.close()
})

test('streams of a client are bounded, and those that ended count no more', async ({ nodes }) => {
  const readers = [await Reader.open('lock='), await Reader.open('lock=')]
  const refused = await nodes.ask('GET', '/events?lock=')
  equal([refused.status, refused.body.error.code], [429, 'too-many-streams'])
  for (const reader of readers) await reader.close()
  const again = async (): Promise<Reader> => {
    try {
      return await Reader.open('lock=')
    } catch {
      return again()
    }
  }
  await (await again()).close()
})

test('a stream is of locks or of a session', async ({ nodes }) => {
  for (const query of ['', '?lock=a&session=b']) {
    const { status, body } = await nodes.ask('GET', `/events${query}`)
    is(status, 400)
    match(body.error.message, 'Give lock or session')
  }
})

test('who does not read is told that events were missed, and no queue grows', async ({ nodes }) => {
  const stream = new EventStream(nodes.app().service, () => true)
  const session = await nodes.openSession()
  const wants = Array.from({ length: 64 }, (_, n) => ({ mode: 'exclusive', lock: `many/${n}` }))
  for (let round = 0; round < 4; round++) {
    await nodes.acquire(session, 'many', { wants })
    await nodes.release(session, 'many')
  }
  is(stream.readableLength < unreadMax + 200, true)
  let text = ''
  stream.setEncoding('utf8').on('data', (part) => {
    text += part
  })
  await nodes.acquire(session, 'after-it')
  while (!text.includes('after-it')) await sleep(2)
  match(
    text,
    /^event: current\n[\s\S]*many\/\d+"\}\n\nevent: missed\ndata: \{\}\n\nevent: granted[\s\S]*after-it/,
  )
  is(text.split('missed').length, 2)
  stream.destroy()
})

test('on a node that is cut off a stream says so, and when it is current again', async ({ nodes }) => {
  const reader = await Reader.open('lock=', 3)
  nodes.network.partition([[1, 2], [3]])
  await reader.until('no-quorum')
  const session = await nodes.openSession()
  nodes.network.heal()
  await reader.until('current')
  await nodes.acquire(session, 'again')
  while ((await reader.until('changed')).lock !== 'again');
  await reader.close()
})

test('streams end with the service', async ({ nodes }) => {
  const reader = await Reader.open('lock=', 2)
  await nodes.app(2).app.close()
  await reader.ended
})

test.run()
