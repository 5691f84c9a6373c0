// The command line of serve.ts.

import { parsePort, readFlags, refuse } from '../command-line.ts'

const help = `Usage: serve.ts [--group NAME] [--host ADDRESS] [--port N] [--operator PATH]

One replica of the configuration store on the corosync of this host, over HTTP,
until SIGTERM. The voters are the nodes of corosync.conf.

  --group NAME     which group to be a member of (default config-store)
  --host ADDRESS   where clients ask (default 127.0.0.1)
  --port N         (default 8080; 0: a free one)
  --operator PATH  a socket for the operator, who may force a group that stands
                   still; to be reached by its owner and root alone (default
                   none)
  --help           this text`

const flags = {
  group: { type: 'string', default: 'config-store' },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '8080' },
  operator: { type: 'string' },
} as const

export interface ServeOptions {
  readonly group: string
  readonly host: string
  readonly port: number
  readonly operator: string | undefined
}

/** Asked for `--help`, or for what is not to be had: this ends the program. */
export function readServeOptions(): ServeOptions {
  const { group, host, port: text, operator } = readFlags(flags, help)
  const port = parsePort(text, 65_535)
  if (port === null) refuse(`--port must be from 0 to 65535, and is '${text}'`, help)
  return { group, host, port, operator }
}
