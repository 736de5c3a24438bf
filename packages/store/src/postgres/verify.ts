// A look through the whole store, a few batches at a time. The database reads and hashes; each statement
// sees one moment, so that appends and retention meanwhile are no faults.

import { StorageError } from '@posthorn/errors'
import type { VerifyReport } from '../upkeep.ts'
import type { Database, Row } from './database.ts'

const batchesPerPage = 16
const maxFaults = 100

/** Checks every row, the chain of batches, the indexes and the counts. */
export async function verify(
  database: Database,
  { signal }: { readonly signal?: AbortSignal },
): Promise<VerifyReport> {
  const faults: string[] = []
  let [envelopes, batches] = [0, 0]
  const [head] = await database.query(headStatement)
  const height = Number(head?.[0])
  for (let after = 0; after < height; after += batchesPerPage) {
    signal?.throwIfAborted()
    const span = { after, last: Math.min(height, after + batchesPerPage) }
    const page = await readPage(database, span)
    faults.push(...page.faults)
    for (const row of page.rows) {
      batches += 1
      envelopes += Number(row[1])
      faults.push(...faultsOf(row))
    }
  }
  const [counts] = await database.query(countsStatement)
  const [counted, expected] = [Number(counts?.[0]), Number(counts?.[1])]
  if (counted !== expected) faults.push(`${counted} envelopes, expected ${expected}`)
  return { envelopes, batches, faults: faults.slice(0, maxFaults) }
}

type Span = { readonly after: number; readonly last: number }

type Page = { readonly rows: readonly Row[]; readonly faults: readonly string[] }

async function readPage(database: Database, { after, last }: Span): Promise<Page> {
  const name = `batches ${after + 1} to ${last}`
  try {
    const rows = await database.query(pageStatement, [after, last])
    const lacking = last - after - rows.length
    return { rows, faults: lacking > 0 ? [`${name}: ${lacking} are missing`] : [] }
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'store/corrupt') throw error
    return { rows: [], faults: [`${name}: cannot be read`] }
  }
}

function faultsOf([height, count, missing, badDigests, badIndex, isInOrder, isHashed]: Row) {
  const found = [
    Number(missing) === 0 ? [] : `${Number(missing)} envelopes are missing`,
    Number(badDigests) === 0 ? [] : `${Number(badDigests)} of ${Number(count)} digests differ`,
    Number(badIndex) === 0 ? [] : `${Number(badIndex)} envelopes are not found by index`,
    isInOrder === true ? [] : 'does not follow the batch below',
    isHashed === true ? [] : 'the hash differs',
  ]
  return found.flat().map((fault) => `batch ${Number(height)}: ${fault}`)
}

const headStatement = {
  name: 'verify head',
  text: 'SELECT height FROM posthorn.batches ORDER BY height DESC LIMIT 1',
}

// Where retention has deleted rows of a batch, its hash can no longer be computed and is taken as it is.
const pageStatement = {
  name: 'verify page',
  text: `SELECT b.height, r.count, b.last_sequence - b.first_sequence + 1 - b.pruned - r.count,
      r.bad_digests, r.bad_index,
      coalesce(b.first_sequence = below.last_sequence + 1
        AND b.committed_ns >= below.committed_ns, false),
      b.pruned > 0 OR coalesce(
        b.hash = sha256(below.hash || int8send(b.height) || r.content), false)
    FROM posthorn.batches b
    LEFT JOIN posthorn.batches below ON below.height = b.height - 1
    CROSS JOIN LATERAL (
      SELECT count(*) AS count,
          count(*) FILTER (WHERE t.name IS NULL OR e.digest <> sha256(t.name || e.message))
            AS bad_digests,
          count(*) FILTER (WHERE (SELECT i.sequence FROM posthorn.envelopes i
            WHERE i.topic = e.topic AND i.time = e.time AND i.digest = e.digest)
            IS DISTINCT FROM e.sequence) AS bad_index,
          coalesce(string_agg(int8send(e.time # x'8000000000000000'::bigint) || e.digest, '' ORDER BY e.sequence), '')
            AS content
        FROM posthorn.envelopes e LEFT JOIN posthorn.topics t ON t.id = e.topic
        WHERE e.sequence BETWEEN b.first_sequence AND b.last_sequence
    ) r
    WHERE b.height > $1 AND b.height <= $2 ORDER BY b.height`,
}

const countsStatement = {
  name: 'verify counts',
  query_timeout: 3_600_000,
  text: `SELECT (SELECT count(*) FROM posthorn.envelopes),
    (SELECT last_sequence FROM posthorn.batches ORDER BY height DESC LIMIT 1)
      - (SELECT pruned_envelopes FROM posthorn.head)`,
}
