// Limits. Those that cost a node something are asked for only when told to.

import { type Check, type Subject, skip } from '../check.ts'
import { expectEqual, expectMatch, expectThat } from '../expect.ts'
import { createGrpcApi, messageApi } from '../grpc-api.ts'
import { post } from '../json-api.ts'

const maxRequestBytes = 52_428_800
const quotaBatch = 100
const quotaBatches = 60
const wrappingCount = 65_536

/** Checks of limits. */
export const limitsChecks: readonly Check[] = [
  {
    id: 'limits.request-size',
    title: 'a request that says it is over 50 MiB is refused with code 8 before it is sent',
    protocols: ['grpc'],
    run: refusesLargeFrame,
  },
  {
    id: 'limits.request-body',
    title: 'a request over 50 MiB is refused with status 429 and code 8',
    protocols: ['json'],
    run: async ({ bench }) => {
      if (!bench.isLarge) return skip('sends 50 MiB; --large runs it')
      const body = new Uint8Array(maxRequestBytes * 1.5).fill(0x20)
      const answer = await post(`${bench.urls.json}/message/v1/query`, body)
      expectEqual('answer', [answer.status, answer.body['code']], [429, 8])
      return undefined
    },
  },
  {
    id: 'limits.publish-quota',
    title: 'publishes over the quota are refused with code 8, queries are not',
    run: meetsQuota,
  },
  {
    id: 'limits.wrapping-cost',
    title: 'a publish of 65,536 envelopes is not free of cost',
    run: async ({ api, bench }) => {
      if (!bench.isQuota) return skip('may store 65,536 envelopes; --quota runs it')
      const envelope = bench.envelope(bench.freshTopic('mE'), '')
      const envelopes = Array.from({ length: wrappingCount }, () => envelope)
      const { code } = await api.publish(envelopes, bench.account.bearer())
      expectThat('a refusal', [3, 8].includes(code), { code })
      return undefined
    },
  },
  ...[
    ['allow-listed', 'an allow-listed wallet has a larger quota', 'an allow-listed wallet'],
    ['deny-listed', 'a deny-listed wallet is refused with code 7', 'a deny-listed wallet'],
    ['allow-listed-ip', 'an allow-listed address is not limited', 'an allow-listed address'],
    ['unknown-ip', 'clients of unknown addresses share a bucket', 'the node’s own socket'],
    ['bucket-expiry', 'buckets that are idle for an hour are dropped', 'a look into the node'],
  ].map(
    ([name, title, need]): Check => ({
      id: `limits.${name}`,
      title: title ?? '',
      run: async () => skip(`cannot be seen from outside: needs ${need}`),
    }),
  ),
]

async function refusesLargeFrame({ bench }: Subject): Promise<undefined> {
  await using grpc = createGrpcApi(bench.urls.grpc, bench.timeoutMs)
  const prefix = new Uint8Array(5)
  new DataView(prefix.buffer).setUint32(1, maxRequestBytes + 1)
  const call = grpc.call(`${messageApi}Publish`, prefix, {
    headers: { authorization: bench.account.bearer() },
    isEnded: false,
  })
  const timer = setTimeout(call.cancel, bench.timeoutMs)
  const { code, message } = await call.outcome
  clearTimeout(timer)
  expectEqual('code', { code }, { code: 8 })
  expectMatch('message', message, /received message larger than max \(\d+ vs\. \d+\)/)
  return undefined
}

async function meetsQuota({ api, bench }: Subject) {
  if (!bench.isQuota) return skip('uses up the quota of this address; --quota runs it')
  const topic = bench.freshTopic('mE')
  for (let batch = 0; batch < quotaBatches; batch++) {
    const envelopes = Array.from({ length: quotaBatch }, (_, i) => bench.envelope(topic, `${i}`))
    const { code } = await api.publish(envelopes, bench.account.bearer())
    if (code === 0) continue
    const query = await api.query({ contentTopics: [topic] })
    const found = { publish: code, query: query.code }
    expectEqual('codes', found, { publish: 8, query: 0 })
    return undefined
  }
  return skip(`no limit was met within ${quotaBatch * quotaBatches} envelopes`)
}
