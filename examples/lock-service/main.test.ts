// The trial, run as users run it.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import { equal, is, match } from 'uvu/assert'

const program = fileURLToPath(new URL('./main.ts', import.meta.url))

const curlMissing = spawnSync('curl', ['--version']).error !== undefined
if (curlMissing) console.log('"The printed commands" is skipped. There is no curl here.')
const curlTest = curlMissing ? test.skip : test

curlTest('the printed commands work until Ctrl-C, which leaves nothing', async () => {
  const child = spawn(process.execPath, [...process.execArgv, program, '--port', '0'])
  const lines: string[] = []
  for await (const line of createInterface(child.stdout))
    if (lines.push(line) && line.endsWith('/metrics')) break
  const curls = lines.filter((line) => line.startsWith('  curl') && !line.includes(' -N '))
  is(curls.length, 7)
  const answers: string[] = []
  for (const curl of curls) answers.push(await answerOf(curl))
  match(answers[1] ?? '', /"status":"granted"/)
  match(answers[2] ?? '', /"session":"anybody:me"/)
  child.kill('SIGINT')
  equal(await once(child, 'exit'), [0, null])
})

/** Of a printed command, as pasted into a shell; an HTTP error is an error. */
async function answerOf(command: string): Promise<string> {
  const child = spawn('sh', ['-c', command.replace('curl', 'curl --silent --fail')])
  const exit = once(child, 'exit')
  const answer = await text(child.stdout)
  equal(await exit, [0, null], command)
  return answer
}

test.run()
