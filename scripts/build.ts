// `npm run build`: the JavaScript and the declarations of every package, in its dist folder.

import { spawnSync } from 'node:child_process'
import { root } from './root.ts'
import { tool } from './steps/command.ts'

const { status } = spawnSync(tool('tsc'), ['-b', 'tsconfig.build.json', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
