// How addresses are laid out, and what is said when nobody listens. That datagrams arrive: packages/systemd.

import { tmpdir } from 'node:os'
import { test } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { sendUnixDatagram, unixAddress } from './unix-datagram.ts'

test('a path ends with a NUL, an abstract name begins with one and ends with the address', () => {
  equal([...unixAddress('/x')].slice(2), [47, 120, 0])
  equal([...unixAddress('@x')].slice(2), [0, 120])
})

test('a name that does not fit is refused', () => {
  throws(() => unixAddress(`/${'x'.repeat(107)}`), /too long: 109 bytes/)
  is(unixAddress(`@${'x'.repeat(107)}`).length, 110)
})

test('a socket that is not there is told with its name and the code of the system', () => {
  const path = `${tmpdir()}/quorate-nobody-listens-here`
  throws(() => sendUnixDatagram(path, Buffer.from('x')), `sendto to the socket ${path} failed: ENOENT`)
  throws(() => sendUnixDatagram('@quorate-nobody', Buffer.from('x')), /ECONNREFUSED/)
})

test.run()
