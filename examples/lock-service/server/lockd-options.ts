// The command line of lockd.ts.

import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { parsePort, readFlags, refuse } from '../../command-line.ts'
import type { TlsPaths } from './tls.ts'

const help = `Usage: lockd.ts [--group NAME] [--host ADDRESS] [--port N] [--storage DIR]
                [--tokens FILE] [--insecure] [--tls-cert FILE --tls-key FILE]
                [--config-prefix PREFIX]

One node of the lock service on the corosync of this host, over HTTP, until
SIGTERM. The voters are the nodes of corosync.conf.

  --group NAME            which group to be a member of (default lock-service)
  --host ADDRESS          where clients ask (default 127.0.0.1)
  --port N                (default 8090; 0: a free one)
  --storage DIR           where locks outlive a restart of all nodes (default:
                          nowhere)
  --tokens FILE           who is known: a JSON array of
                          {"name", "role", "sha256"}; read again when it changes
  --insecure              anybody may do all, also from other hosts
  --tls-cert FILE         the certificate and its key, in PEM; read again at
  --tls-key FILE          SIGHUP
  --config-prefix PREFIX  of the service's keys in the map of corosync
                          (default quorate.lock-service.)
  --help                  this text`

const text = { type: 'string' } as const

const flags = {
  group: { ...text, default: 'lock-service' },
  host: { ...text, default: '127.0.0.1' },
  port: { ...text, default: '8090' },
  storage: text,
  tokens: text,
  insecure: { type: 'boolean', default: false },
  'tls-cert': text,
  'tls-key': text,
  'config-prefix': { ...text, default: 'quorate.lock-service.' },
} as const

export interface LockdOptions {
  readonly group: string
  readonly host: string
  readonly port: number
  /** Absolute. */
  readonly storage: string | null
  readonly tokens: string | null
  readonly tls: TlsPaths | null
  /** With its dot. */
  readonly prefix: string
}

/** Asked for `--help`, or for what is not to be had: this ends the program. */
export function readLockdOptions(): LockdOptions {
  const values = readFlags(flags, help)
  const { group, host, storage, tokens = null, insecure, 'config-prefix': prefix } = values
  const port = parsePort(values.port, 65_535)
  if (port === null) refuse(`--port must be from 0 to 65535, and is '${values.port}'`, help)
  if (tokens === null && !insecure && !isLoopback(host))
    refuse(
      `Without --tokens anybody who reaches ${host} may do all; --insecure says that this is meant`,
      help,
    )
  return {
    ...{ group, host, port, tokens, tls: tlsOf(values['tls-cert'], values['tls-key']) },
    storage: storage === undefined ? null : resolve(storage),
    prefix: prefix.endsWith('.') ? prefix : `${prefix}.`,
  }
}

function tlsOf(cert: string | undefined, key: string | undefined): TlsPaths | null {
  if (cert !== undefined && key !== undefined) return { cert, key }
  if (cert === undefined && key === undefined) return null
  return refuse('--tls-cert and --tls-key go together', help)
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
