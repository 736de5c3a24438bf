// Pages of the store in the order of arrival, for streams that start in the past or fell behind.

import type { EnvelopeStore, StoredEnvelope } from '@posthorn/store'
import { everyTopic, isWanted } from './dispatcher.ts'
import { lastStart } from './progress.ts'

/** A page. */
export type PastPage = {
  readonly rows: readonly StoredEnvelope[]
  /** Where the next page begins. */
  readonly end: number
  /** Everything that was stored when it was read has been read. */
  readonly isLast: boolean
}

// A page is all that a stream holds of the past at a time.
const pageRows = 256
const pageBytes = 262_144

/** The page behind a sequence of some topics, each also behind one of its own. */
export async function readPast(
  store: Pick<EnvelopeStore, 'tail'>,
  starts: ReadonlyMap<string, number>,
  afterSequence: number,
): Promise<PastPage> {
  const size = { limit: pageRows, maxBytes: pageBytes }
  const read = await store.tail({ afterSequence, ...size, ...filterOf(starts, afterSequence) })
  const lengthBytes = read.reduce((sum, { message }) => sum + message.length, 0)
  const topics = new Set(starts.keys())
  return {
    rows: read.filter(({ contentTopic }) => isWanted(topics, contentTopic)),
    end: read.at(-1)?.sequence ?? afterSequence,
    isLast: read.length < pageRows && lengthBytes < pageBytes,
  }
}

function filterOf(starts: ReadonlyMap<string, number>, afterSequence: number) {
  if (starts.has(everyTopic)) return {}
  const isOnePlace = lastStart(starts) <= afterSequence
  return isOnePlace ? { topics: [...starts.keys()] } : { positions: starts }
}
