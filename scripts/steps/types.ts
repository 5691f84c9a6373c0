// The whole workspace type checks, resolved to its sources. Nothing is written.

import { run, tool } from './command.ts'
import type { Step } from './step.ts'

export const types: Step = {
  name: 'types',
  run: async () => {
    await run(tool('tsc'), ['--noEmit', '-p', '.'])
  },
}
