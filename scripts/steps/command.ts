// Runs a tool of the workspace and fails with all it printed.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../root.ts'
import { markedEnvironment, runMark } from '../runner/marks.ts'
import { StepFailure } from './step.ts'

/** Path of a program that the root's devDependencies bring. */
export function tool(name: string): string {
  return join(root, 'node_modules/.bin', name)
}

/**
 * What a program printed on stdout.
 *
 * @throws {StepFailure} it did not end with 0; the message is the command and all it printed
 */
export async function run(program: string, arguments_: readonly string[], folder = root): Promise<string> {
  const child = spawn(program, arguments_, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...markedEnvironment(runMark),
      NO_COLOR: '1',
      FORCE_COLOR: '0',
      npm_config_update_notifier: 'false',
    },
  })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  if (code === 0) return output
  const command = [program.replace(`${root}/`, ''), ...arguments_].join(' ')
  throw new StepFailure(`${command} ended with ${signal ?? code}:\n${output}${errors}`)
}
