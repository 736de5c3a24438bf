// Moves what one store has into another, while the first may still be written to.

import { logIdKey } from './log-id.ts'
import type { SettingsStore } from './settings-store.ts'
import type { EnvelopeStore, Store, StoreClock } from './store.ts'

/** Where envelopes come from. */
export type MoveSource = Pick<EnvelopeStore, 'tail'>

/** How far a move has got. */
export type MoveProgress = {
  /** Everything of the source up to this sequence is in the target. */
  readonly sequence: number
  /** Envelopes that the target did not have before. */
  readonly envelopes: number
}

const page = { limit: 512, maxBytes: 4 * 1024 * 1024 }

/**
 * Copies everything beyond a sequence, in order, and tells after each page how far it is; ends when there is no
 * more. What the target has already is not stored twice, so a move that was broken off begins anew safely.
 */
export async function* moveEnvelopes(
  source: MoveSource,
  target: Pick<Store, 'append'>,
  afterSequence: number,
): AsyncGenerator<MoveProgress, void, void> {
  let sequence = afterSequence
  for (;;) {
    const rows = await source.tail({ ...page, afterSequence: sequence })
    const last = rows.at(-1)
    if (last === undefined) return
    const results = await target.append(rows)
    sequence = last.sequence
    yield { sequence, envelopes: results.filter((result) => !result.isDuplicate).length }
  }
}

// Sequences are given anew, so the log of the target is another one.
const ownKeys: ReadonlySet<string> = new Set([logIdKey])

/** Copies the settings that the target does not have; resolves to their number. */
export async function moveSettings(
  source: Pick<SettingsStore, 'read'>,
  target: SettingsStore,
  clock: StoreClock,
): Promise<number> {
  const [from, to] = await Promise.all([source.read(), target.read()])
  const values = new Map(
    [...from.values].filter(([key]) => !ownKeys.has(key) && !to.values.has(key)),
  )
  if (values.size === 0) return 0
  const note = 'moved from another store'
  await target.change({ values, actor: 'move', atNs: clock.nowNs(), note })
  return values.size
}
