// Messages and notices as one line each.

import { describeBallot } from '../wire/ballot.ts'
import type { Message } from '../wire/messages.ts'
import type { Notice } from './output.ts'

export function describeMessage(message: Message): string {
  switch (message.type) {
    case 'prepare':
    case 'promise':
      return `${message.type} ${describeBallot(message.ballot)}`
    case 'refuse':
      return `refuse ${describeBallot(message.ballot)}: ${message.reason}`
    case 'install': {
      const participants = message.participants.map(({ pid }) => pid).join(' ')
      return `install ${describeBallot(message.ballot)} at ${message.base} for ${participants}`
    }
    case 'propose':
      return `propose ${message.body.type}`
    case 'ack':
      return `ack ${message.index}`
    case 'fetch':
      return `fetch from ${message.index}`
    case 'entries':
      return `entries ${message.from.index + 1} to ${message.from.index + message.entries.length}`
    case 'snapshot':
      return `snapshot at ${message.snapshot.index}, bytes from ${message.offset}`
    default:
      return message.type
  }
}

export function describeNotice(notice: Notice): string {
  switch (notice.notice) {
    case 'adopted':
      return `adopted ${describeBallot(notice.ballot)}`
    case 'left':
      return `left ${describeBallot(notice.ballot)}`
    case 'obstacle': {
      const { reason } = notice.obstacle
      return 'missing' in notice.obstacle
        ? `${reason}: ${notice.obstacle.missing.join(' ') || 'nobody'}`
        : reason
    }
    default:
      return notice.notice
  }
}
