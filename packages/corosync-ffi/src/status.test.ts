import { existsSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { allStatuses, statusCode, statusOk, statusTryAgain } from './status.ts'

const header = '/usr/include/corosync/corotypes.h'
const headerTest = existsSync(header) ? test : test.skip
if (!existsSync(header))
  console.log(`"${header}" is skipped. It is not there: apt-get install libcorosync-common-dev.`)

headerTest('the statuses are those of corotypes.h, none more and none less', () => {
  const enumeration = /typedef enum \{([^}]*)\} cs_error_t;/.exec(readFileSync(header, 'utf8'))?.[1] ?? ''
  const declared = [...enumeration.matchAll(/(\w+) = (\d+)/g)].map(([, code, status]) => [
    code,
    Number(status),
  ])
  equal(allStatuses(), declared)
})

test('every status has its name', () => {
  for (const [code, status] of allStatuses()) is(statusCode(status), code)
})

test('CS_OK and CS_ERR_TRY_AGAIN have the values that hot paths compare with', () => {
  equal([statusOk, statusTryAgain], [1, 6])
})

test('a status that no header lists is an error of the library', () => {
  for (const status of [0, 29, 31, 101, -1]) is(statusCode(status), 'CS_ERR_LIBRARY')
})

test.run()
