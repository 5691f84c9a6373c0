import { test } from 'uvu'
import { instance, is, match, not, throws } from 'uvu/assert'
import { CorosyncError, unwrap } from './errors.ts'
import { allStatuses } from './status.ts'

function failure(status: number): CorosyncError {
  try {
    unwrap(status, 'cpg_join')
  } catch (error) {
    instance(error, CorosyncError)
    return error as CorosyncError
  }
  throw new Error(`${status} is no failure`)
}

test('CS_OK passes', () => {
  unwrap(1, 'cpg_join')
})

test('every other status throws, with its name and the call', () => {
  for (const [code, status] of allStatuses().filter(([code]) => code !== 'CS_OK')) {
    const error = failure(status)
    is(error.code, code)
    is(error.call, 'cpg_join')
    is(error.name, 'CorosyncError')
    match(error.message, `cpg_join: ${code}`)
  }
})

test('the hint says what to do, and stands in the message', () => {
  const error = failure(11)
  match(error.hint ?? '', 'uid: NAME')
  match(error.hint ?? '', 'corosync-cfgtool -R')
  match(error.message, error.hint ?? '')
  match(failure(2).message, 'Is corosync running')
  match(failure(14).message, 'already in the group')
  match(failure(18).message, '/dev/shm')
})

test('without a known remedy there is no hint', () => {
  const error = failure(9)
  is(error.hint, undefined)
  is(error.message, 'cpg_join: CS_ERR_BAD_HANDLE')
})

test('a hint and a cause of the caller replace the usual ones', () => {
  const cause = new Error('dlopen')
  const error = new CorosyncError('LIBRARY_MISSING', 'cpg_join', 'Install it.', cause)
  is(error.message, 'cpg_join: LIBRARY_MISSING. Install it.')
  is(error.cause, cause)
})

test('without a cause there is no property of that name', () => {
  not('cause' in failure(9))
})

test('unwrap of what is no status at all throws too', () => {
  throws(() => unwrap(Number.NaN, 'cpg_join'), /CS_ERR_LIBRARY/)
})

test.run()
