// `npm run check`: types, format, lint, the walls, and the examples in the documentation. Writes nothing.

import { endChildrenOnInterrupt } from './runner/interrupt.ts'
import { reportEnd } from './runner/report.ts'
import { documentation } from './steps/documentation.ts'
import { lint } from './steps/lint.ts'
import { runSteps } from './steps/step.ts'
import { types } from './steps/types.ts'

endChildrenOnInterrupt()
const { failed } = reportEnd(await runSteps([types, lint, documentation]), [])
process.exitCode = failed > 0 ? 1 : 0
