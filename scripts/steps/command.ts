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

/** How a program ended, and what it printed. */
export interface Outcome {
  /** The exit code, or the signal that ended it. */
  readonly end: number | NodeJS.Signals
  readonly output: string
  readonly errors: string
}

/** Runs a program to its end. */
export async function outcomeOf(
  program: string,
  arguments_: readonly string[],
  folder = root,
): Promise<Outcome> {
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
  const [code, signal] = (await once(child, 'close')) as [number, null] | [null, NodeJS.Signals]
  return { end: signal ?? code, output, errors }
}

/**
 * What a program printed on stdout.
 *
 * @throws {StepFailure} it did not end with 0; the message is the command and all it printed
 */
export async function run(program: string, arguments_: readonly string[], folder = root): Promise<string> {
  const { end, output, errors } = await outcomeOf(program, arguments_, folder)
  if (end === 0) return output
  const command = [program.replace(`${root}/`, ''), ...arguments_].join(' ')
  throw new StepFailure(`${command} ended with ${end}:\n${output}${errors}`)
}
