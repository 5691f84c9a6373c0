import { test } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { CorosyncError } from './errors.ts'
import { tryAgain } from './try-again.ts'

const busy = (): CorosyncError => new CorosyncError('CS_ERR_TRY_AGAIN', 'cpg_join')

test('CS_ERR_TRY_AGAIN is tried again until it succeeds', async () => {
  let attempts = 0
  const value = await tryAgain(5000, () => {
    if (++attempts < 4) throw busy()
    return 'done'
  })
  equal([value, attempts], ['done', 4])
})

test('a rejected promise counts as a failed attempt', async () => {
  let attempts = 0
  const attempt = async (): Promise<number> => (++attempts < 2 ? Promise.reject(busy()) : attempts)
  is(await tryAgain(5000, attempt), 2)
})

test('every other error is thrown at once', async () => {
  for (const error of [new CorosyncError('CS_ERR_EXIST', 'cpg_join'), new Error('CS_ERR_TRY_AGAIN')]) {
    let attempts = 0
    const thrown = await tryAgain(5000, () => {
      attempts++
      throw error
    }).catch((reason: unknown) => reason)
    equal([thrown, attempts], [error, 1])
  }
})

test('after the time limit CS_ERR_TRY_AGAIN is thrown, and says for how long', async () => {
  const beginMs = performance.now()
  const error = await tryAgain(60, () => {
    throw busy()
  }).catch((reason: unknown) => reason)
  is((error as CorosyncError).code, 'CS_ERR_TRY_AGAIN')
  match(
    (error as CorosyncError).message,
    /^cpg_join: CS_ERR_TRY_AGAIN\. So for 0\.06 s: the daemon finds no ring/,
  )
  ok(performance.now() - beginMs < 2000)
})

test.run()
