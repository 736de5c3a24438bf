// What is exported beside the client.

import { type Flow, isRefused } from '../flow.ts'

const address = '0x00000000219ab540356cbb839cbe05303d7705fa'

const names: Flow = {
  name: 'topics, dates, directions and compressions',
  run: async ({ api }) => {
    const date = new Date('2024-05-06T07:08:09.123Z')
    return {
      topics: [
        api.buildContentTopic('test'),
        api.buildDirectMessageTopic(address, '0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae'),
        api.buildDirectMessageTopic('0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae', address),
        api.buildDirectMessageTopicV2('abc'),
        api.buildUserContactTopic(address),
        api.buildUserIntroTopic(address),
        api.buildUserInviteTopic(address),
        api.buildUserPrivateStoreTopic(`${address}/key_bundle`),
      ],
      bad: await isRefused(() => api.buildUserContactTopic('bob')),
      ns: String(api.dateToNs(date)),
      back: api.nsToDate(api.dateToNs(date)).toISOString(),
      nano: api.toNanoString(date),
      noNano: api.toNanoString(undefined),
      fromNano: api.fromNanoString('1714979289123456789')?.toISOString(),
      fromNothing: [api.fromNanoString(undefined), api.fromNanoString('')],
      compression: { ...api.Compression },
      direction: { ...api.SortDirection },
      urls: { ...api.ApiUrls },
    }
  },
}

const secrets: Flow = {
  name: 'encryption under a secret, and keyed hashes',
  run: async ({ api }) => {
    const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, n) => n)
    const [plain, secret, more] = [bytes(40), bytes(32), bytes(5)]
    const sealed = await api.encrypt(plain, secret, more)
    const { hkdfSalt, gcmNonce, payload } = sealed.aes256GcmHkdfSha256
    const again = new api.Ciphertext(sealed)
    const key = await api.hkdfHmacKey(secret, more)
    const mac = await api.generateHmacSignature(secret, more, plain)
    const imported = await api.importHmacKey(await api.exportHmacKey(key))
    return {
      sizes: [hkdfSalt, gcmNonce, payload].map((part) => part?.length),
      opened: await api.decrypt(again, secret, more),
      wrongSecret: await isRefused(() => api.decrypt(sealed, more, more)),
      wrongData: await isRefused(() => api.decrypt(sealed, secret)),
      key: await api.exportHmacKey(key),
      mac,
      holds: await api.verifyHmacSignature(imported, mac, plain),
      holdsNot: await api.verifyHmacSignature(imported, mac, secret),
    }
  },
}

const places: Flow = {
  name: 'places for bytes, trying again, pages',
  run: async ({ api }) => {
    const memory = api.InMemoryPersistence.create()
    const prefixed = new api.PrefixedPersistence('a/', memory)
    await prefixed.setItem('b', Uint8Array.of(1, 2, 255))
    let calls = 0
    const flaky = async (value: string): Promise<string> => {
      calls += 1
      if (calls < 3) throw new RangeError('not yet')
      return value
    }
    const value = await api.retry(flaky, ['here'], 5, 1)
    const attempts = calls
    calls = -100
    return {
      kept: await memory.getItem('a/b'),
      prefixed: await prefixed.getItem('b'),
      missing: await memory.getItem('b'),
      value,
      attempts,
      refused: await isRefused(() => api.retry(flaky, ['x'], 2, 1)),
      triesOfRefused: calls,
      hopeless: await isRefused(() => api.retry(flaky, ['x'], 9, 1, () => false)),
      triesOfHopeless: calls,
      providers: api.defaultKeystoreProviders().length,
    }
  },
}

const calls: Flow = {
  name: 'the calls of a node by themselves',
  run: async ({ api, url, client }) => {
    const alice = await client()
    const node = new api.HttpApiClient(url)
    const contentTopic = api.buildUserContactTopic(alice.address)
    const up = { direction: api.SortDirection.SORT_DIRECTION_ASCENDING }
    const all = await node.query({ contentTopic }, up)
    const one = await node.query({ contentTopic }, { ...up, limit: 1 })
    const pages: number[] = []
    for await (const page of node.queryIteratePages({ contentTopic }, { ...up, pageSize: 1 })) {
      pages.push(page.length)
    }
    let count = 0
    for await (const _ of node.queryIterator({ contentTopic }, up)) count += 1
    const batch = await node.batchQuery([{ contentTopic }, { contentTopic: 'nothing' }])
    const came: string[] = []
    const topic = api.buildDirectMessageTopicV2(`calls-${alice.address}`)
    const { unsubscribe } = node.subscribe({ contentTopics: [topic] }, (envelope) => {
      came.push(String(envelope.contentTopic === topic))
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
    const message = Uint8Array.of(1)
    const timestamp = new Date('2024-01-01')
    await alice.apiClient.publish([{ contentTopic: topic, message, timestamp }])
    for (let waits = 0; came.length === 0 && waits < 100; waits++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await unsubscribe()
    return {
      all: all.length,
      one: one.length,
      pages,
      count,
      batch: batch.map(({ length }) => length),
      came,
      stored: (
        await node.query({ contentTopic: topic, startTime: timestamp, endTime: timestamp }, up)
      )
        .slice(0, 1)
        .map((envelope) => [envelope.timestampNs, envelope.message]),
      withoutToken: await isRefused(() => node.publish([{ contentTopic: topic, message }])),
    }
  },
}

export const helperFlows: readonly Flow[] = [names, secrets, places, calls]
