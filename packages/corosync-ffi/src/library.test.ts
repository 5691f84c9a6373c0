// The C library stands in for corosync's: abs(3) returns its argument as a status, qsort(3) calls back.

import { test } from 'uvu'
import { equal, instance, is, match, throws } from 'uvu/assert'
import { CorosyncError } from './errors.ts'
import { Library } from './library.ts'

const missing = new Library({
  soname: 'libquorate-does-not-exist.so.1',
  debianPackage: 'libquorate1',
  functions: ['int abs (int n)'],
  callbacks: [],
})

const libc = new Library({
  soname: 'libc.so.6',
  debianPackage: 'libc6',
  functions: [
    'int abs (int n)',
    'int quorate_does_not_exist (int n)',
    'void qsort (void *base, size_t count, size_t size, void *compare)',
  ],
  callbacks: ['typedef int (*compare_fn_t) (const void *a, const void *b)'],
})

function failureOf(run: () => unknown): CorosyncError {
  try {
    run()
  } catch (error) {
    instance(error, CorosyncError)
    return error as CorosyncError
  }
  throw new Error('It did not fail.')
}

test('a library that is not installed: LIBRARY_MISSING at the first use, with the package to install', () => {
  const error = failureOf(() => missing.call('abs', 1))
  equal([error.code, error.call], ['LIBRARY_MISSING', 'abs'])
  match(error.message, 'libquorate-does-not-exist.so.1')
  match(error.message, 'apt-get install libquorate1')
  instance(error.cause, Error)
})

test('a library that is not installed is missing on a thread, too', async () => {
  const error = await missing.callOnThread('abs', 1).catch((reason: unknown) => reason)
  is((error as CorosyncError).code, 'LIBRARY_MISSING')
})

test('a library that is there without the function: LIBRARY_MISSING, and no word of installing it', () => {
  is(libc.has('quorate_does_not_exist'), false)
  const error = failureOf(() => libc.native('quorate_does_not_exist'))
  is(error.code, 'LIBRARY_MISSING')
  match(error.message, 'another version of corosync has it')
})

test('a function that the table does not name is a mistake of ours', () => {
  throws(() => libc.call('labs', 1), /labs is not in the table of libc\.so\.6/)
})

test('a call returns for CS_OK and throws for every other status', () => {
  is(libc.has('abs'), true)
  libc.call('abs', 1)
  libc.call('abs', -1)
  const error = failureOf(() => libc.call('abs', -11))
  equal([error.code, error.call], ['CS_ERR_ACCESS', 'abs'])
})

test('the same on a thread', async () => {
  await libc.callOnThread('abs', 1)
  const error = await libc.callOnThread('abs', 6).catch((reason: unknown) => reason)
  is((error as CorosyncError).code, 'CS_ERR_TRY_AGAIN')
})

test('a native function returns its status as it is', () => {
  is(libc.native('abs')(-6), 6)
})

test('a callback is made once for all, and called', () => {
  let calls = 0
  const compare = libc.callback('compare_fn_t', () => {
    calls++
    return 0
  })
  is(
    libc.callback('compare_fn_t', () => {}),
    compare,
  )
  libc.native('qsort')(new Uint32Array(2), 2, 4, compare)
  is(calls, 1)
})

test('a second copy of this package in the process works: types have no names that could collide', async () => {
  // A variable, since the compiler knows no module of that name.
  const copy = './library.ts?copy'
  const other = (await import(copy)) as { Library: typeof Library }
  is(other.Library === Library, false)
  const table = { ...libc.table, callbacks: ['typedef void (*f_t) (struct cpg_ring_id ring_id)'] }
  for (const Copy of [Library, other.Library]) {
    const library = new Copy(table)
    library.call('abs', 1)
    library.callback('f_t', () => {})
  }
})

test.run()
