// `npm run check`: types, format, lint, the walls, and the examples in the documentation. Writes nothing.

import { readCommandLine, refuseArguments } from './command-line.ts'
import { endChildrenOnInterrupt } from './runner/interrupt.ts'
import { reportEnd } from './runner/report.ts'
import { documentation } from './steps/documentation.ts'
import { lint } from './steps/lint.ts'
import { runSteps } from './steps/step.ts'
import { types } from './steps/types.ts'

const help = `npm run check             types, format, lint, walls, the documentation's examples and links; writes nothing
npm run check -- --help   this text`

const { names } = readCommandLine([], help)
if (names.length > 0) refuseArguments(`It checks everything, not only ${names[0]}.`, help)
endChildrenOnInterrupt()
const { failed } = reportEnd(await runSteps([types, lint, documentation]), [])
process.exitCode = failed > 0 ? 1 : 0
