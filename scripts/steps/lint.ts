// Format, lint and the walls of biome.json hold. Nothing is written; `npm run fix` mends what can be mended.

import { run, tool } from './command.ts'
import type { Step } from './step.ts'

export const lint: Step = {
  name: 'lint',
  run: async () => {
    await run(tool('biome'), ['ci', '--colors=off', '--error-on-warnings', '--max-diagnostics=100'])
  },
}
