// The run that loses confirmed commands in systems that answer when their own command is delivered: one corosync is
// stopped in the middle of traffic, the others go on without it, and it is continued. It then delivers, in the ring that
// is no more, commands of its own node that nobody else ever got in that ring.

import { fileURLToPath } from 'node:url'
import { CorosyncCluster } from '@quorate/testkit'
import { instantMs, type Outcome, type ReplicaProcess } from '@quorate/testkit/nemesis'
import { equal, is, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { allCurrent, digests, type StartOptions, startReplica } from './support/replicas.ts'

const test = clusterTest('a stopped and continued corosync')

const program = fileURLToPath(new URL('./support/programs/witness.ts', import.meta.url))
/** Whether a continued daemon comes to its messages or to the news of the others first is chance. */
const attemptsMax = 10
/** A stopped daemon is told of some seventy messages before its socket counts as full. */
const commandsStopped = 60
/** A message for each command: what is on its way when a daemon stops is many messages, and not one. */
const limits = { batchCommandsMax: 1, proposalsInFlightMax: commandsStopped }
/** Few: a daemon that finds much of the others' new ring when it is continued leaves its own at once. */
const commandsOthers = 5
const deadlineMs = 20_000

/** What programs/witness.ts notes. */
interface Noted {
  readonly ring: string
  readonly nodes: string
  readonly ids: readonly number[]
  readonly atMs: number
}

interface Submitted {
  readonly id: number
  readonly outcome: Outcome
}

let cluster: CorosyncCluster
let replicas: ReplicaProcess[]
let lastId = 0

const replica = (nodeid: number): ReplicaProcess => replicas[nodeid - 1] as ReplicaProcess

function noted(nodeid: number, event: 'view' | 'delivered'): Noted[] {
  return replica(nodeid).reports.flatMap((each) =>
    each.event === event ? [JSON.parse(each.text) as Noted] : [],
  )
}

async function submit(nodeid: number): Promise<Submitted> {
  const id = ++lastId
  return { id, outcome: await replica(nodeid).perform({ type: 'write', key: `w/${id};`, id }, deadlineMs) }
}

const submitMany = (nodeid: number, count: number): Promise<Submitted[]> =>
  Promise.all(Array.from({ length: count }, () => submit(nodeid)))

/** The ids that a node has delivered in a ring of all three. */
function deliveredIn(nodeid: number, ring: string): Set<number> {
  const inRing = noted(nodeid, 'delivered').filter((each) => each.ring === ring && each.nodes === '1,2,3')
  return new Set(inRing.flatMap(({ ids }) => ids))
}

async function startAll(options: StartOptions): Promise<void> {
  replicas = [1, 2, 3].map((nodeid) => startReplica(cluster, nodeid, { limits, ...options, program }))
  await allCurrent(replicas)
}

interface Attempt {
  /** Commands of node 3 that its daemon delivered in the old ring, and that nobody else got there. */
  readonly deliveredAlone: readonly number[]
  /** Those of them that its replica confirmed before it knew of another ring. */
  readonly confirmedAlone: readonly number[]
  readonly submitted: readonly Submitted[]
}

/** Stops and continues the daemon of node 3 with traffic on all nodes. */
async function stopAndContinue(): Promise<Attempt> {
  const ring = noted(3, 'view').at(-1)?.ring as string
  const before = [1, 2].map((nodeid) => submitMany(nodeid, commandsOthers))
  await cluster.node(3).daemon.kill('SIGSTOP')
  const stopped = submitMany(3, commandsStopped)
  await replica(1).waitForStanding('current without node 3', (s) => s.primary && s.members.length === 2)
  const others = await submitMany(1, commandsOthers)
  const continuedMs = instantMs()
  await cluster.node(3).daemon.kill('SIGCONT')
  await replica(3).waitForStanding('in a view of another ring', () => hasLeft(ring))
  const left = noted(3, 'view').find((view) => view.atMs > continuedMs) as Noted
  const elsewhere = new Set([...deliveredIn(1, ring), ...deliveredIn(2, ring)])
  const deliveredAlone = [...deliveredIn(3, ring)].filter((id) => !elsewhere.has(id))
  const submitted = [...(await Promise.all([...before, stopped])).flat(), ...others]
  const confirmedEarly = submitted.filter(
    ({ outcome }) => outcome.became === 'ok' && outcome.returnedAt < left.atMs,
  )
  const early = new Set(confirmedEarly.map(({ id }) => id))
  return { deliveredAlone, confirmedAlone: deliveredAlone.filter((id) => early.has(id)), submitted }
}

const hasLeft = (ring: string): boolean => noted(3, 'view').at(-1)?.ring !== ring

/** Every confirmed command is in the state of all, once. */
async function nothingIsLost(submitted: readonly Submitted[]): Promise<void> {
  await allCurrent(replicas)
  is((await digests(replicas)).length, 1)
  const contents = await replica(3).order('contents', { deadlineMs })
  for (const { id, outcome } of submitted) {
    const { applied = [] } = contents[`w/${id};`] ?? {}
    if (outcome.became === 'ok') equal(applied, [id])
    ok(applied.length <= 1)
  }
}

test('three replicas start', async () => {
  cluster = await CorosyncCluster.start({ nodes: 3, tokenMs: 400 })
  await startAll({})
})

test('delivers commands that nobody else got, and no confirmed one is lost', async () => {
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const { deliveredAlone, confirmedAlone, submitted } = await stopAndContinue()
    equal(confirmedAlone, [])
    await nothingIsLost(submitted)
    if (deliveredAlone.length === 0) continue
    console.log(`A system that answers on self-delivery would have lost ${deliveredAlone.length} commands.`)
    return
  }
  throw new Error(
    `In none of ${attemptsMax} attempts the stopped daemon delivered a command that others lack.`,
  )
})

test('the same run with an engine that answers on self-delivery loses what it confirmed', async () => {
  await Promise.all(replicas.map((each) => each.order('close', null)))
  await startAll({ group: 'faulty', fault: 'commit-on-own-delivery' })
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const { deliveredAlone, confirmedAlone } = await stopAndContinue()
    if (deliveredAlone.length === 0) continue
    ok(confirmedAlone.length > 0, 'Nothing was confirmed on its own delivery.')
    return
  }
  throw new Error(
    `In none of ${attemptsMax} attempts the stopped daemon delivered a command that others lack.`,
  )
})

test('the cluster ends', async () => {
  await cluster.close()
})

test.run()
