// `npm run simulate`: plays seeds of the protocol's simulation, one seed with its trace, or shows that the simulation
// finds what is wrong. Design: docs/simulation.md.

import { readSimulateArguments } from './simulate/arguments.ts'
import { replay } from './simulate/replay.ts'
import { playSeededFaults } from './simulate/seeded-faults.ts'
import { playSeeds } from './simulate/seeds.ts'

const options = readSimulateArguments()
if (options.seededFaults) await playSeededFaults(options)
else if (options.seed !== undefined) replay(options, options.seed)
else await playSeeds(options)
