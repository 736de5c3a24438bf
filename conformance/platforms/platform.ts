// What a platform is to the runner.

import type { Report } from './programs/report.ts'
import type { World } from './world.ts'

/** How a platform fared. */
export type Outcome =
  | { readonly kind: 'ran'; readonly version: string; readonly report: Report }
  | { readonly kind: 'skipped'; readonly reason: string }

/** A platform. */
export type Platform = {
  readonly name: string
  run(world: World): Promise<Outcome>
}
