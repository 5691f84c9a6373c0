// What `quorate log` prints: a line for each entry.

import type { Entry, EntryBody, Incarnation, Stored } from '@quorate/core'
import { type Command, commandsOf, describeBallot, endOf } from '@quorate/core/tools'
import { participantsText, timeText } from './show.ts'
import { asBrief, asJson } from './values.ts'

export interface LogOptions {
  readonly json: boolean
  readonly from: number | undefined
  readonly to: number | undefined
}

/** Of one entry's commands: those that went out together may be hundreds. */
const shownMax = 20

type BodyOf<Type extends EntryBody['type']> = Extract<EntryBody, { type: Type }>
type Nodes = ReadonlyMap<Incarnation, number>

export function* logLines(stored: Stored, { json, from, to }: LogOptions): Generator<string> {
  const { start, entries, record } = stored
  const nodes = nodesOf(stored)
  const first = Math.max(from ?? 0, start.index + 1)
  const last = Math.min(to ?? Number.POSITIVE_INFINITY, endOf(stored).index)
  for (let index = first; index <= last; index++) {
    const { body } = entries[index - start.index - 1] as Entry
    const committed = index <= record.commit
    if (json) yield JSON.stringify({ index, committed, ...objectOf(body, nodes) })
    else yield [index, committed ? ' ' : '?', timeText(body.timeMs), textOf(body, nodes)].join(' ')
  }
}

/** Who an incarnation was, as far as the VIEW entries that are there and the last epoch tell it. */
function nodesOf({ entries, record }: Stored): Nodes {
  const nodes = new Map<Incarnation, number>()
  const views = entries.map(({ body }) => body).filter((body) => body.type === 'view')
  for (const { participants } of [...views, record.epoch])
    for (const { incarnation, nodeid } of participants) nodes.set(incarnation, nodeid)
  return nodes
}

function textOf(body: EntryBody, nodes: Nodes): string {
  switch (body.type) {
    case 'view':
      return `view ${viewText(body)}`
    case 'commands':
      return `commands ${commandsText(body, nodes)}`
    case 'marker':
      return `marker ${originText(body.origin, nodes)}, number ${body.number}`
    case 'tick':
      return 'tick'
  }
}

function viewText({ ballot, participants, members, versions }: BodyOf<'view'>): string {
  const present = members.map(({ nodeid, pid }) => `${nodeid}:${pid}`).join(', ')
  return (
    `${describeBallot(ballot)}, participants ${participantsText(participants)}; members ${present}; ` +
    `protocol ${versions.protocol}, machine ${versions.machine}`
  )
}

function commandsText(body: BodyOf<'commands'>, nodes: Nodes): string {
  const { origin, session, first } = body
  const calls = readCommands(body).map((command) => ('fault' in command ? command.fault : callText(command)))
  const more = calls.length > shownMax ? `; … ${calls.length - shownMax} more` : ''
  const shown = calls.slice(0, shownMax).join('; ')
  return `${originText(origin, nodes)}, session ${session}, number ${first}: ${shown}${more}`
}

const callText = ({ name, input }: Command): string => `${name}(${input === undefined ? '' : asBrief(input)})`

const originText = (origin: Incarnation, nodes: Nodes): string => {
  const nodeid = nodes.get(origin)
  return nodeid === undefined ? `incarnation ${origin}` : `node ${nodeid}`
}

function objectOf(body: EntryBody, nodes: Nodes): object {
  if (body.type !== 'commands')
    return 'origin' in body ? { ...body, nodeid: nodes.get(body.origin) ?? null } : body
  const { commands: _, ...rest } = body
  const commands = readCommands(body).map((command) =>
    'fault' in command ? command : { name: command.name, input: asJson(command.input) },
  )
  return { ...rest, nodeid: nodes.get(body.origin) ?? null, commands }
}

/** What stands where it cannot be read is said in its place: the lines behind it are still of use. */
function readCommands(body: BodyOf<'commands'>): (Command | { readonly fault: string })[] {
  try {
    return [...commandsOf(body)]
  } catch (error) {
    return [{ fault: `(unreadable: ${(error as Error).message})` }]
  }
}
