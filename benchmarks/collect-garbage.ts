// Before a run whose input was made beforehand: moving that input about in memory while the run allocates would
// count as the run's own work, although whatever makes the input is no part of what is measured.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Collects garbage, and moves what lives to where it stays. */
export function collectGarbage(): void {
  // Once to the intermediate generation, once out of it.
  collect()
  collect()
}
