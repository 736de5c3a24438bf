// All guards, in the order in which they are shown.

import { fileSize } from './file-size.ts'
import { functionSize } from './function-size.ts'
import { generationsAreStrangers } from './generations-are-strangers.ts'
import type { Guard } from './guard.ts'
import { importsGoDown } from './imports-go-down.ts'
import { noBareErrors } from './no-bare-errors.ts'
import { noClockNoRandom } from './no-clock-no-random.ts'
import { noCycles } from './no-cycles.ts'
import { noDeepImport } from './no-deep-import.ts'
import { noLocalPaths } from './no-local-paths.ts'
import { noNodeBuiltins } from './no-node-builtins.ts'
import { nodeCannotDecrypt } from './node-cannot-decrypt.ts'
import { storeIsBlind } from './store-is-blind.ts'

/** Every rule of the house that a machine checks here; Biome and Knip check the rest. */
export const guards: readonly Guard[] = [
  nodeCannotDecrypt,
  storeIsBlind,
  importsGoDown,
  noDeepImport,
  generationsAreStrangers,
  noCycles,
  noNodeBuiltins,
  noClockNoRandom,
  noBareErrors,
  fileSize,
  functionSize,
  noLocalPaths,
]
