// The names under which counts are shown: those that dashboards of the XMTP network know, and our own.

import { type GrpcStatus, grpcStatus } from '@posthorn/errors'
import type { NodeFigures } from '../figures.ts'
import { programOf } from './client-labels.ts'
import type { Histogram } from './histogram.ts'
import type { Tally } from './tally.ts'

/** Labels of a sample. */
export type Labels = Readonly<Record<string, string>>

/** One number of a family; `suffix` is what a histogram adds to the name. */
export type Sample = {
  readonly suffix?: string
  readonly labels: Labels
  readonly value: number
}

/** All samples of one name. */
export type Family = {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly Sample[]
}

/** Everything that a node counts itself. */
export function familiesOf(tally: Tally, figures: NodeFigures): readonly Family[] {
  return [...callFamilies(tally), ...envelopeFamilies(tally), ...nodeFamilies(tally, figures)]
}

function callFamilies(tally: Tally): readonly Family[] {
  const methods = [...tally.methods.values()]
  const calls = methods.flatMap(({ service, rpc, calls }) =>
    Array.from(calls.entries(), ([key, { count }]) => ({
      labels: { service, method: rpc, ...callLabels(key) },
      value: count,
    })),
  )
  const durations = methods.flatMap(({ service, rpc, durationMs }) =>
    samplesOf(durationMs, { service, method: rpc }),
  )
  const refusals = Array.from(tally.refusals.entries(), ([code, { count }]) => ({
    labels: { code },
    value: count,
  }))
  return [
    counter('xmtp_api_requests', 'Calls that are over', calls),
    histogram('xmtp_api_request_duration_ms', 'Time of unary calls in milliseconds', durations),
    counter('posthorn_refusals', 'Calls that were refused or failed, by error code', refusals),
  ]
}

function envelopeFamilies(tally: Tally): readonly Family[] {
  const topics = [...tally.topics]
  const sizes = topics.flatMap(([category, { bytes }]) =>
    samplesOf(bytes, { topic_category: category }),
  )
  const counts = topics.map(([category, { bytes }]) => ({
    labels: { topic_category: category },
    value: countOf(bytes),
  }))
  const { append, range, streamTopics } = tally
  return [
    histogram('xmtp_published_envelope', 'Bytes of published envelopes', sizes),
    counter('xmtp_published_envelopes', 'Published envelopes', counts),
    histogram(
      'xmtp_api_query_duration',
      'Time of pages read from the store in milliseconds',
      samplesOf(range.durationMs),
    ),
    histogram(
      'xmtp_subscribe_topics_length',
      'Topics that a stream asks for',
      samplesOf(streamTopics),
    ),
    histogram('xmtp_api_query_result', 'Rows of pages', samplesOf(range.rows)),
    histogram(
      'posthorn_append_duration_ms',
      'Time until appended envelopes are durable in milliseconds',
      samplesOf(append.durationMs),
    ),
    histogram('posthorn_append_envelopes', 'Envelopes of one append', samplesOf(append.envelopes)),
  ]
}

function nodeFamilies(tally: Tally, figures: NodeFigures): readonly Family[] {
  const { occurrences } = tally
  const pruned = [...tally.pruned].map(([category, { envelopes }]) => ({
    labels: { topic_category: category },
    value: envelopes,
  }))
  return [
    gauge('posthorn_info', 'The release that is running', [
      { labels: { version: figures.version, store: figures.store }, value: 1 },
    ]),
    gauge(
      'posthorn_ready',
      '1 while the node takes work',
      one(Number(figures.state === 'serving')),
    ),
    gauge('posthorn_uptime_seconds', 'Time since the start', one(figures.uptimeMs / 1_000)),
    gauge('posthorn_streams', 'Open streams', one(figures.streams)),
    gauge('posthorn_calls', 'Calls that are being answered', one(figures.calls)),
    gauge('posthorn_subscribers', 'Streams that have topics', one(figures.subscribers)),
    gauge('xmtp_subscribed_topics', 'Topics that streams wait for', one(figures.subscribedTopics)),
    gauge('posthorn_held_topics', 'What streams take of max-topics', one(figures.heldTopics)),
    gauge(
      'posthorn_mailbox_bytes',
      'Bytes kept for streams until they are read',
      one(figures.waitingBytes),
    ),
    gauge(
      'posthorn_limiter_buckets',
      'Allowances that are being counted',
      one(figures.limiterBuckets),
    ),
    gauge('xmtp_stored_messages', 'Envelopes in the store', one(figures.envelopes)),
    gauge('posthorn_stored_topics', 'Topics that have envelopes', one(figures.topics)),
    gauge('posthorn_last_sequence', 'Highest sequence given', one(figures.lastSequence)),
    gauge('posthorn_store_batches', 'Group commits of the store', one(figures.batches)),
    counter('posthorn_append_failures', 'Appends that failed', one(occurrences.appendFailed)),
    counter(
      'posthorn_slow_streams',
      'Streams ended as too slow',
      one(occurrences.subscriberTooSlow),
    ),
    counter('posthorn_stalled_streams', 'Streams cut off unread', one(occurrences.streamStalled)),
    counter('posthorn_feed_failures', 'Failed reads of shared store', one(occurrences.feedBroken)),
    counter('posthorn_reset_floods', 'Connections closed for resets', one(occurrences.resetFlood)),
    counter(
      'posthorn_header_floods',
      'Connections closed for headers',
      one(occurrences.headerFlood),
    ),
    counter(
      'posthorn_settings_changes',
      'Changes of settings here',
      one(occurrences.settingsChanged),
    ),
    counter('posthorn_pruned_envelopes', 'Envelopes that retention deleted', pruned),
  ]
}

function callLabels(key: string): Labels {
  const [status = '', client = '', app = ''] = key.split('\n')
  return {
    error_code: statusNames[status] ?? status,
    client: programOf(client).name,
    client_version: programOf(client).version,
    app: programOf(app).name,
    app_version: programOf(app).version,
  }
}

// As gRPC's own libraries spell them: PermissionDenied.
const statusNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(grpcStatus).map(([name, status]) => [String(status), statusName(name, status)]),
)

function statusName(name: string, status: GrpcStatus): string {
  if (status === grpcStatus.ok) return 'OK'
  if (status === grpcStatus.cancelled) return 'Canceled'
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function one(value: number): readonly Sample[] {
  return [{ labels: {}, value }]
}

function countOf({ counts }: Histogram): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

function samplesOf(histogram: Histogram, labels: Labels = {}): readonly Sample[] {
  const { bounds, counts } = histogram
  let total = 0
  const buckets = counts.map((count, index) => {
    total += count
    const le = index < bounds.length ? String(bounds[index]) : '+Inf'
    return { suffix: '_bucket', labels: { ...labels, le }, value: total }
  })
  return [
    ...buckets,
    { suffix: '_sum', labels, value: histogram.sum() },
    { suffix: '_count', labels, value: total },
  ]
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: 'counter', samples }
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: 'gauge', samples }
}

function histogram(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: 'histogram', samples }
}
