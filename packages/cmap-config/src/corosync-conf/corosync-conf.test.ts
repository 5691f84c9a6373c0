import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { CorosyncConf } from './corosync-conf.ts'
import { formatCorosyncConf } from './format.ts'
import { parseCorosyncConf } from './parse.ts'

const text = `# How the ring works
totem {
    version: 2
    token: 3000
    interface {
        mcastport: 5405
    }
    interface {
        # The second link
        linknumber: 1
        mcastport: 5407
    }
}

nodelist {
    node {
        nodeid: 1
        ring0_addr: 10.0.0.1
    }
    node {
        nodeid: 2
        ring0_addr: fd00::2
    }
}

logging {
    logger_subsys {
        subsys: QUORUM
        debug: on
    }
}

quorum {
    device {
        model: net
    }
}
`

function parsed(): CorosyncConf {
  return parseCorosyncConf(text)
}

const reading = suite('corosync.conf, reading by path')

reading('finds a key in a section', () => {
  assert.is(parsed().get('totem.token'), '3000')
})

reading('finds a key in a nested section', () => {
  assert.is(parsed().get('quorum.device.model'), 'net')
})

reading('names nodes by position', () => {
  assert.is(parsed().get('nodelist.node.0.ring0_addr'), '10.0.0.1')
  assert.is(parsed().get('nodelist.node.1.ring0_addr'), 'fd00::2')
})

reading('names interfaces by link number, which is 0 when absent', () => {
  assert.is(parsed().get('totem.interface.0.mcastport'), '5405')
  assert.is(parsed().get('totem.interface.1.mcastport'), '5407')
})

reading('names loggers by subsystem', () => {
  assert.is(parsed().get('logging.logger_subsys.QUORUM.debug'), 'on')
  assert.is(parsed().get('logging.logger_subsys.TOTEM.debug'), undefined)
})

reading('has nothing where nothing stands', () => {
  assert.is(parsed().get('totem.consensus'), undefined)
  assert.is(parsed().get('nodelist.node.2.nodeid'), undefined)
  assert.is(parsed().get('resources.watchdog'), undefined)
})

reading('takes the last of several lines for one key, also across sections of one name', () => {
  const conf = parseCorosyncConf('totem {\ntoken: 1\ntoken: 2\n}\ntotem {\ntoken: 3\n}\n')
  assert.is(conf.get('totem.token'), '3')
})

reading('lists repeated sections in order', () => {
  const ids = parsed()
    .sections('nodelist.node')
    .map(({ entries }) => entries[0])
  assert.equal(ids, [
    { type: 'key', key: 'nodeid', value: '1' },
    { type: 'key', key: 'nodeid', value: '2' },
  ])
})

reading.run()

const writing = suite('corosync.conf, writing by path')

writing('replaces a value where it stands and keeps all the rest', () => {
  const conf = parsed().set('nodelist.node.1.ring0_addr', '10.0.0.2')
  assert.is(formatCorosyncConf(conf), text.replace('fd00::2', '10.0.0.2'))
})

writing('appends a new key to its section', () => {
  const conf = parsed().set('quorum.device.votes', 1)
  assert.is(formatCorosyncConf(conf), text.replace('model: net\n', 'model: net\n        votes: 1\n'))
})

writing('adds the sections that are missing, with the key that names them', () => {
  const conf = parseCorosyncConf('')
  conf.set('totem.interface.1.mcastport', 5407).set('logging.logger_subsys.CPG.debug', 'on')
  assert.is(
    formatCorosyncConf(conf),
    'totem {\n    interface {\n        linknumber: 1\n        mcastport: 5407\n    }\n}\n' +
      '\nlogging {\n    logger_subsys {\n        subsys: CPG\n        debug: on\n    }\n}\n',
  )
})

writing('adds the next node and refuses to leave a gap', () => {
  const conf = parsed().set('nodelist.node.2.nodeid', 3)
  assert.is(conf.get('nodelist.node.2.nodeid'), '3')
  assert.throws(() => conf.set('nodelist.node.4.nodeid', 5), /next free position is nodelist\.node\.3/)
})

writing('removes every line of a key and nothing else', () => {
  const conf = parseCorosyncConf('totem {\ntoken: 1\nversion: 2\ntoken: 3\n}\n')
  assert.is(conf.delete('totem.token'), true)
  assert.is(conf.delete('totem.token'), false)
  assert.is(formatCorosyncConf(conf), 'totem {\n    version: 2\n}\n')
})

writing('refuses what corosync would read as something else', () => {
  assert.throws(() => parsed().set('totem.cluster_name', 'a{b'), RangeError)
  assert.throws(() => parsed().set('totem.cluster_name', 'a\ntoken: 1'), RangeError)
  assert.throws(() => parsed().set('totem.cluster_name', ' a'), RangeError)
  assert.throws(() => parsed().set('totem.to:ken', '1'), RangeError)
  assert.throws(() => parsed().set('totem.cluster_name', 'a'.repeat(500)), RangeError)
})

writing.run()
