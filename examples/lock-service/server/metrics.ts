// Numbers for Prometheus. What is of the group is the same on all nodes, as far as they are current.

import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Service } from './service.ts'

/** Seconds: of a request that is answered at once, and of one that is held back. */
const buckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30, 60]

export function metricsOf(app: FastifyInstance, service: Service): Registry {
  const registry = new Registry()
  measureGroup(registry, service)
  measureReplica(registry, service)
  measureRequests(registry, app)
  return registry
}

type Gauges = Readonly<Record<string, readonly [help: string, read: () => number]>>

function gauges(registry: Registry, all: Gauges): void {
  for (const [name, [help, read]] of Object.entries(all))
    new Gauge({
      ...{ name: `lock_service_${name}`, help, registers: [registry] },
      collect() {
        this.set(read())
      },
    })
}

function measureGroup(registry: Registry, service: Service): void {
  gauges(registry, {
    sessions: ['Sessions', () => service.state.sessions.size],
    locks: ['Locks in use: held, waited for, delayed, or with values', () => service.state.locks.size],
    holds: ['Holds of locks', () => service.state.holders.size],
    waiters: ['Requests that wait', () => service.state.waiting],
    paused: ['1: nothing is granted', () => Number(service.state.paused)],
  })
  const grants = new Counter({
    ...{ name: 'lock_service_grants_total', help: 'Requests that were granted, since this node was started' },
    registers: [registry],
  })
  service.waits.subscribe((event) => {
    if (event?.type === 'granted') grants.inc()
  })
}

function measureReplica(registry: Registry, service: Service): void {
  const { replica, holds } = service
  gauges(registry, {
    primary: ['1: this node is part of a majority', () => Number(replica.status.primary)],
    leader: ['1: this node leads', () => Number(replica.status.leader?.self ?? false)],
    draining: [
      '1: this node takes no new sessions',
      () => Number(service.state.draining.includes(service.nodeid)),
    ],
    applied_index: ['The last entry that is applied here', () => replica.status.applied],
    open_commands: ['Commands of this node that are not answered', () => replica.status.open.commands],
    open_reads: ['Reads of this node that are not answered', () => replica.status.open.reads],
    divergences: ['How often its state was not that of a majority', () => replica.status.divergences],
    polls: ['Requests that are held open', () => holds.count],
  })
}

function measureRequests(registry: Registry, app: FastifyInstance): void {
  const requests = new Histogram({
    ...{ name: 'lock_service_request_seconds', help: 'Time until the answer, with what it was held back' },
    ...{ labelNames: ['method', 'route', 'status'], buckets, registers: [registry] },
  })
  app.addHook('onResponse', async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
    requests.observe({ method, route: routeOptions.url ?? 'none', status: statusCode }, elapsedTime / 1000)
  })
}
