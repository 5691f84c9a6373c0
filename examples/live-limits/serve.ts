// One node of the service on the corosync of this host: sells to whom it reads, the names of one line in one moment, and
// tells what changes. Ends with its input.
// node --import tsx --conditions=@quorate/source examples/live-limits/serve.ts

import { createInterface } from 'node:readline'
import { Cmap } from '@quorate/cmap-config'
import { cpgTransport } from '@quorate/cpg-transport'
import { buyAll } from './buy.ts'
import { openService, type Service } from './service.ts'

async function tellConfigured({ replica }: Service): Promise<void> {
  for await (const { index, event } of replica.events())
    console.log(`entry ${index}: ${JSON.stringify(event)}`)
}

async function sell({ replica }: Service): Promise<void> {
  for await (const line of createInterface(process.stdin)) {
    const names = line.split(' ').filter((name) => name !== '')
    const { answers, entries } = await buyAll(replica, names)
    for (const [i, name] of names.entries()) console.log(`${name}: ${answers[i]}`)
    console.log(`entries: ${entries}`)
  }
}

async function serve(map: Cmap): Promise<void> {
  // The voters are the nodes of corosync.conf; warnings are those of the process.
  const service = await openService({ map, transport: cpgTransport() })
  service.replica.on('tuned', ({ changed }) => console.log(`changed: ${changed}`))
  void tellConfigured(service)
  await service.replica.ready()
  console.log('ready')
  await sell(service)
  await service.close()
}

try {
  const map = await Cmap.open()
  await serve(map).finally(() => map.close())
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
