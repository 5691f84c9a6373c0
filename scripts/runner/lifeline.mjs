// Loaded into every test process: ends it when the runner is gone, however the runner died. The runner holds the
// other end of descriptor 3 and never writes; the kernel closes it with the runner. SIGTERM and not an exit, so
// that a test which started daemons takes them down the way it does at an interrupt.

import { Socket } from 'node:net'

// A test that starts Node with its own arguments hands this file on, but not the descriptor.
if (process.ppid === Number(process.env['QUORATE_TEST_RUNNER'])) {
  const lifeline = new Socket({ fd: 3, readable: true, writable: false })
  lifeline.on('close', () => process.kill(process.pid, 'SIGTERM'))
  lifeline.resume()
  lifeline.unref()
}
