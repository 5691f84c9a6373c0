// `npm run fix`: formats, sorts imports and mends what the linter can mend safely.

import { spawnSync } from 'node:child_process'
import { root } from './root.ts'
import { tool } from './steps/command.ts'

const { status } = spawnSync(tool('biome'), ['check', '--write', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
