// A replica whose transport is watched: which marked commands this process delivers, and in which view. A mark is a
// register's key, `w/ID;`, which stands in a message as it is.

import type { Delivery, Transport, TransportEvent, View } from '@quorate/core'
import { cpgTransport } from '@quorate/cpg-transport'
import { instantMs, report, serveReplica } from '@quorate/testkit/nemesis'

const mark = /w\/(\d+);/g

const ringOf = ({ ring }: View): string => `${ring.nodeid}.${ring.seq}`

function watched(transport: Transport): Transport {
  let view: View | undefined
  const watch = (event: TransportEvent): void => {
    if (event.type === 'view') {
      view = event
      note('view', view, [])
    } else if (event.type === 'message' && view !== undefined) note('delivered', view, idsIn(event))
  }
  return {
    nodeid: () => transport.nodeid(),
    join: (group, listener) =>
      transport.join(group, (event) => {
        watch(event)
        listener(event)
      }),
  }
}

function note(event: 'view' | 'delivered', view: View, ids: readonly number[]): void {
  if (event === 'delivered' && ids.length === 0) return
  const nodes = view.members.map(({ nodeid }) => nodeid).join()
  report(event, JSON.stringify({ ring: ringOf(view), nodes, ids, atMs: instantMs() }))
}

function idsIn({ bytes }: Delivery): number[] {
  return [...Buffer.from(bytes).toString('latin1').matchAll(mark)].map(([, id]) => Number(id))
}

// Each message by itself: the more wait in a stopped daemon, the more it can deliver when it is continued.
await serveReplica(async () => ({ transport: watched(cpgTransport({ packBytesMax: 0 })) }))
