// `npm run check`: types, format, lint and the walls. Writes nothing.

import { endChildrenOnInterrupt } from './runner/interrupt.ts'
import { reportEnd } from './runner/report.ts'
import { lint } from './steps/lint.ts'
import { runSteps } from './steps/step.ts'
import { types } from './steps/types.ts'

endChildrenOnInterrupt()
const { failed } = reportEnd(await runSteps([types, lint]), [])
process.exitCode = failed > 0 ? 1 : 0
