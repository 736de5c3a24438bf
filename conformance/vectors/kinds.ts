// Which checker checks which kind of vector.

import type { Checker } from './checker.ts'
import { topics } from './kinds/topics.ts'

/** Checkers by kind. */
export const checkers: Readonly<Record<string, Checker>> = {
  topics,
}
