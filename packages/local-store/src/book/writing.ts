// What every part of a change works with.

import type { CellKeys } from '../cells/cell-keys.ts'
import type { Transaction } from '../cells/transaction.ts'
import type { LocalChange } from '../changes.ts'

/** A change in the making, the keys of its store, and what will be told of it. */
export type Writing = {
  readonly transaction: Transaction
  readonly keys: CellKeys
  tell(change: LocalChange): void
}
