// A program that cannot run what its storage has agreed to refuses to start, also when it has not applied that yet: the
// group goes on with it. Design: docs/protocol.md, R5.34.

import { QuorateError } from '../errors.ts'
import type { ViewBody } from '../log/entry.ts'
import { checkVersion } from '../machine/group-state.ts'
import type { Machine } from '../machine/machine.ts'
import type { Restorable } from './ports.ts'

/** The versions of the protocol that this program can run. */
export const protocolVersions = { lowest: 1, highest: 1 }

/** @throws {QuorateError} `VersionTooNew`, `VersionTooOld` */
export function checkAgreed({ entries }: Pick<Restorable, 'entries'>, machine: Machine): void {
  const view = entries.findLast(({ body }) => body.type === 'view')
  if (view === undefined) return
  const { versions } = view.body as ViewBody
  if (versions.protocol > protocolVersions.highest)
    throw new QuorateError(
      'VersionTooNew',
      `The stored log has version ${versions.protocol} of Quorate's protocol, and this program runs up to ` +
        `${protocolVersions.highest}: start one with a newer @quorate/core`,
    )
  checkVersion(machine, versions.machine, 'The stored log')
}
