// A store as lines of JSON, to be read by people and other programs and to move from one engine to another:
// a first line that names the format, one line for each envelope, and a last line with their number.

import { fromBase64, toBase64 } from '@posthorn/bytes'
import { checkEnvelope, type Envelope } from '@posthorn/envelope'
import { CodecError } from '@posthorn/errors'
import type { EnvelopeStore, StoredEnvelope } from './store.ts'

const format = 'posthorn-envelopes'
const version = 1

/** What an import did. */
export type ImportReport = {
  /** Stored by it. */
  readonly envelopes: number
  /** Not stored, since they were there. */
  readonly duplicates: number
}

/** Everything stored when it starts, in the order of arrival; lines come without their ends. */
export async function* exportLines(store: Pick<EnvelopeStore, 'scan'>): AsyncGenerator<string> {
  yield JSON.stringify({ format, version })
  let envelopes = 0
  for await (const row of store.scan()) {
    yield lineOf(row)
    envelopes += 1
  }
  yield JSON.stringify({ envelopes })
}

/**
 * Appends all envelopes of an export, in its order; doing so again stores nothing twice. What comes before a
 * line that is refused stays.
 *
 * @throws CodecError `store/bad-line` with the number of the line, 1 for the first
 */
export async function importLines(
  store: Pick<EnvelopeStore, 'append'>,
  lines: AsyncIterable<string> | Iterable<string>,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ImportReport> {
  let [envelopes, duplicates] = [0, 0]
  for await (const page of pagesOf(envelopesOf(lines))) {
    signal?.throwIfAborted()
    const results = await store.append(page)
    const known = results.filter((result) => result.isDuplicate).length
    envelopes += results.length - known
    duplicates += known
  }
  return { envelopes, duplicates }
}

function lineOf({ contentTopic, timestampNs, message, sequence }: StoredEnvelope): string {
  const text = { timestampNs: String(timestampNs), message: toBase64(message) }
  return JSON.stringify({ topic: contentTopic, ...text, sequence })
}

const maxPageEnvelopes = 256
const maxPageBytes = 4 * 1024 * 1024

async function* pagesOf(envelopes: AsyncIterable<Envelope>): AsyncGenerator<readonly Envelope[]> {
  let [page, bytes]: [Envelope[], number] = [[], 0]
  try {
    for await (const envelope of envelopes) {
      page.push(envelope)
      bytes += envelope.message.length
      if (page.length < maxPageEnvelopes && bytes < maxPageBytes) continue
      yield page
      ;[page, bytes] = [[], 0]
    }
  } catch (error) {
    // What came before a bad line is stored, so that the next attempt finds it there.
    if (page.length > 0) yield page
    throw error
  }
  if (page.length > 0) yield page
}

async function* envelopesOf(
  lines: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<Envelope> {
  let [number, envelopes, isComplete] = [0, 0, false]
  for await (const text of lines) {
    number += 1
    if (isComplete && text === '') continue
    const line = parseLine(text, number)
    if (isComplete) throw badLine(number, 'something after the last line, expected the end')
    if (number === 1) checkHeader(line)
    else if (line.topic === undefined) {
      checkCount(line, number, envelopes)
      isComplete = true
    } else {
      yield envelopeOf(line, number)
      envelopes += 1
    }
  }
  if (!isComplete)
    throw badLine(number + 1, 'the end, expected the line with the number of envelopes')
}

type Line = {
  readonly format?: unknown
  readonly version?: unknown
  readonly topic?: unknown
  readonly timestampNs?: unknown
  readonly message?: unknown
  readonly envelopes?: unknown
}

function parseLine(text: string, number: number): Line {
  try {
    const line: unknown = JSON.parse(text)
    if (typeof line === 'object' && line !== null) return line
  } catch {
    // Said below.
  }
  throw badLine(number, 'no JSON object')
}

function checkHeader(line: Line): void {
  if (line.format === format && line.version === version) return
  throw badLine(1, `no first line of an export, expected format ${format} version ${version}`)
}

function checkCount(line: Line, number: number, envelopes: number): void {
  if (line.envelopes === envelopes) return
  throw badLine(
    number,
    `a last line for another number of envelopes than the ${envelopes} before it`,
  )
}

function envelopeOf({ topic, timestampNs, message }: Line, number: number): Envelope {
  const isEnvelope = typeof topic === 'string' && typeof message === 'string'
  if (!isEnvelope || typeof timestampNs !== 'string' || !/^\d{1,20}$/.test(timestampNs)) {
    throw badLine(number, 'no envelope, expected topic, timestampNs (digits) and message (base64)')
  }
  try {
    const envelope = {
      contentTopic: topic,
      timestampNs: BigInt(timestampNs),
      message: fromBase64(message),
    }
    checkEnvelope(envelope)
    return envelope
  } catch (cause) {
    throw badLine(number, 'an envelope that breaks a rule, expected a valid one', cause)
  }
}

function badLine(line: number, found: string, cause?: unknown): CodecError {
  return new CodecError('store/bad-line', `Import line ${line}: ${found}`, {
    cause,
    details: { line },
  })
}
