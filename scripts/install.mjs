// Installs the workspace and does nothing else: for a host that runs a program of this clone. Tests and checks are for
// who works on it.

import { bootstrap } from './bootstrap.mjs'

bootstrap()
