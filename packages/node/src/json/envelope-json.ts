// JSON of envelopes and pages, built by hand: many times cheaper than a general serializer.

import type { Envelope, NumberedEnvelope, PagingInfo, QueryResponse } from '@posthorn/wire'

const directionNames = [
  'SORT_DIRECTION_UNSPECIFIED',
  'SORT_DIRECTION_ASCENDING',
  'SORT_DIRECTION_DESCENDING',
] as const

/** `{"contentTopic":…,"timestampNs":"…","message":"…"}`. */
export function envelopeJson(envelope: Readonly<Envelope>): string {
  const topic = JSON.stringify(envelope.contentTopic)
  const message = base64(envelope.message)
  return `{"contentTopic":${topic},"timestampNs":"${envelope.timestampNs}","message":"${message}"}`
}

/** As {@link envelopeJson}, with `"sequence":"…"` and, in marks, `"logId":"…"`. */
export function numberedEnvelopeJson(envelope: Readonly<NumberedEnvelope>): string {
  const { sequence, logId } = envelope
  const id = logId === '' ? '' : `,"logId":${JSON.stringify(logId)}`
  return `${envelopeJson(envelope).slice(0, -1)},"sequence":"${sequence}"${id}}`
}

/** `{"envelopes":[…],"pagingInfo":{…}}`. */
export function queryResponseJson(response: QueryResponse): string {
  const envelopes = response.envelopes.map(envelopeJson).join(',')
  return `{"envelopes":[${envelopes}],"pagingInfo":${pagingInfoJson(response.pagingInfo)}}`
}

function pagingInfoJson(paging: PagingInfo | undefined): string {
  if (paging === undefined) return 'null'
  const index = paging.cursor?.cursor?.value
  const cursor =
    index === undefined
      ? 'null'
      : `{"index":{"digest":"${base64(index.digest)}","senderTimeNs":"${index.senderTimeNs}"}}`
  const direction = directionNames[paging.direction]
  return `{"limit":${paging.limit},"cursor":${cursor},"direction":"${direction}"}`
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}
