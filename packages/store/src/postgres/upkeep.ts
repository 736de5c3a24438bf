// Retention, batches and checks. All of them work in the database; only figures come here.

import { StorageError } from '@posthorn/errors'
import { checkLimit } from '../errors.ts'
import type { Batch, PruneReport, PruneRequest, StoreUpkeep } from '../upkeep.ts'
import { categoryNumber } from './category-number.ts'
import type { Database, Row } from './database.ts'
import { verify } from './verify.ts'

// Publishes wait while a chunk is deleted.
const pruneChunk = 500

/** Upkeep of a database. */
export function createPostgresUpkeep(database: Database): StoreUpkeep {
  return {
    prunable: async (request) => reportOf(await database.query(prunableStatement, ruleOf(request))),
    prune: async (request) => {
      checkLimit(request.limit)
      return prune(database, request)
    },
    batches: async ({ afterHeight, limit }) => {
      checkLimit(limit)
      const rows = await database.query(batchesStatement, [Math.max(0, afterHeight), limit])
      return rows.map(batchOf)
    },
    verify: (options = {}) => verify(database, options),
    backup: async () => {
      throw new StorageError(
        'store/unsupported',
        'Back up the store: PostgreSQL has tools of its own, use pg_dump or a base backup',
      )
    },
  }
}

async function prune(database: Database, request: PruneRequest): Promise<PruneReport> {
  let [envelopes, bytes] = [0, 0]
  while (envelopes < request.limit) {
    const limit = Math.min(pruneChunk, request.limit - envelopes)
    const chunk = reportOf(await database.query(pruneStatement, [...ruleOf(request), limit]))
    envelopes += chunk.envelopes
    bytes += chunk.bytes
    if (chunk.envelopes === 0) break
  }
  return { envelopes, bytes }
}

// It may look at every row.
const prunableStatement = {
  name: 'prunable',
  query_timeout: 3_600_000,
  text: `SELECT count(*), coalesce(sum(octet_length(message)), 0) FROM posthorn.envelopes
    WHERE category = $1 AND sequence <= posthorn.last_before($2)`,
}

const pruneStatement = {
  name: 'prune',
  text: 'SELECT envelopes, bytes FROM posthorn.prune($1, $2, $3)',
}

const batchesStatement = {
  name: 'batches',
  text: `SELECT height, first_sequence, last_sequence, committed_ns, hash FROM posthorn.batches
    WHERE height > $1 ORDER BY height LIMIT $2`,
}

const maxMoment = 2n ** 63n - 1n

function ruleOf({ category, committedBeforeNs }: Omit<PruneRequest, 'limit'>) {
  const moment = committedBeforeNs > maxMoment ? maxMoment : committedBeforeNs
  return [categoryNumber(category), String(moment)] as const
}

function reportOf([row]: readonly Row[]): PruneReport {
  return { envelopes: Number(row?.[0]), bytes: Number(row?.[1]) }
}

function batchOf([height, first, last, committedNs, hash]: Row): Batch {
  return {
    height: Number(height),
    firstSequence: Number(first),
    lastSequence: Number(last),
    committedNs: BigInt(String(committedNs)),
    hash: hash as Uint8Array,
  }
}
