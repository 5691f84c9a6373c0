import { test } from 'uvu'
import { equal, match } from 'uvu/assert'
import { run } from './command.ts'
import { missingPackages } from './debian.ts'
import { runSteps, StepFailure } from './step.ts'

test('a step that fails does not keep the next from running', async () => {
  const fails = {
    name: 'fails',
    run: async () => {
      throw new StepFailure('three errors')
    },
  }
  const results = await runSteps([fails, { name: 'passes', run: async () => {} }])
  equal(
    results.map(({ name, ok, output }) => [name, ok, output]),
    [
      ['fails', false, 'three errors'],
      ['passes', true, ''],
    ],
  )
})

test('a command that fails shows all it printed, on both outputs', async () => {
  const error = await run('sh', ['-c', 'echo out; echo err >&2; exit 3']).catch((error: Error) => error)
  match(String(error), /ended with 3:\nout\nerr/)
})

test('a command that a signal ends has failed', async () => {
  const error = await run('sh', ['-c', 'kill -9 $$']).catch((error: Error) => error)
  match(String(error), /ended with SIGKILL/)
})

test('a package that dpkg does not know is missing', () => {
  equal(missingPackages(['no-such-package-anywhere']), ['no-such-package-anywhere'])
})

test.run()
