// The service manager's end, as sd_notify(3) describes it: assignments, one a line, in a datagram to the socket that
// the environment names.

import { sendUnixDatagram } from '@quorate/corosync-ffi'

/** Assignments by name, such as `{ READY: 1, STATUS: 'primary' }`. */
export type Assignments = Readonly<Record<string, string | number>>

export class ServiceManager {
  readonly #socket: string
  #warned = false

  /** `socket`: what NOTIFY_SOCKET says, a path or `@name`. */
  constructor(socket: string) {
    this.#socket = socket
  }

  /**
   * Tells the manager. That it does not hear is no reason to end a service: it is a warning of the process, the first
   * time in a row.
   */
  tell(assignments: Assignments): void {
    const lines = Object.entries(assignments).map(([name, value]) => `${name}=${oneLine(value)}`)
    try {
      sendUnixDatagram(this.#socket, Buffer.from(lines.join('\n')))
      this.#warned = false
    } catch (error) {
      this.#warn(error as Error)
    }
  }

  #warn({ message }: Error): void {
    if (this.#warned) return
    this.#warned = true
    const remedy = 'the unit needs Type=notify, and this process must be its main process or NotifyAccess=all'
    process.emitWarning(`systemd does not hear this service: ${message}; ${remedy}`, {
      code: 'QUORATE_SYSTEMD',
    })
  }
}

const oneLine = (value: string | number): string => String(value).replaceAll(/\s+/g, ' ')
