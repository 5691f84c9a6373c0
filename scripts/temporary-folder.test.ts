import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import { is } from 'uvu/assert'
import { root, sourceArguments } from './root.ts'

/** A process that made a folder, leads a group, and lives until its stdin closes. */
async function makeFolder() {
  const program = `
    const { temporaryFolder } = await import('./scripts/temporary-folder.ts')
    console.log(temporaryFolder('test'))
    process.stdin.resume()`
  const args = [...sourceArguments, '--input-type=module', '--eval', program]
  const child = spawn(process.execPath, args, {
    cwd: root,
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [folder] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, folder }
}

test('a folder lives as long as its process', async () => {
  const { child, folder } = await makeFolder()
  is(existsSync(folder), true)
  child.stdin.end()
  await once(child, 'exit')
  is(existsSync(folder), false)
})

test('a folder goes even when the whole process group is killed', async () => {
  const { child, folder } = await makeFolder()
  process.kill(-(child.pid as number), 'SIGKILL')
  await once(child, 'exit')
  for (let waits = 0; existsSync(folder) && waits < 100; waits++) await sleep(20)
  is(existsSync(folder), false)
})

test.run()
