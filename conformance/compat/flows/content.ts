// Content of other types, by the codecs that are published.

import type { Client, ContentCodec } from '@posthorn/compat'
import { peerCodecs } from '../../content-types/peers.ts'
import { type Flow, type FlowWorld, seen } from '../flow.ts'

function codec(typeId: string): ContentCodec {
  const found = peerCodecs[typeId]
  if (found === undefined) throw new RangeError(`no codec of ${typeId}`)
  return found as unknown as ContentCodec
}

const [reaction, reply, attachment, readReceipt] = [
  codec('reaction'),
  codec('reply'),
  codec('attachment'),
  codec('readReceipt'),
]

const contents: readonly (readonly [ContentCodec, unknown])[] = [
  [reaction, { action: 'added', reference: 'abc', schema: 'unicode', content: '👍' }],
  [attachment, { filename: 'a.txt', mimeType: 'text/plain', data: Uint8Array.of(1, 2, 3) }],
  [reply, { reference: 'abc', contentType: codec('text').contentType, content: 'yes' }],
  [readReceipt, {}],
]

async function twoClients(
  { client }: FlowWorld,
  codecs: ContentCodec[],
): Promise<readonly [Client, Client]> {
  return [await client({ codecs: [...codecs] }), await client({ codecs: [...codecs] })]
}

const types: Flow = {
  name: 'content of published types is sent and read',
  run: async (world) => {
    const [alice, bob] = await twoClients(world, [reaction, reply, attachment, readReceipt])
    const chat = await alice.conversations.newConversation(bob.address)
    const sent = []
    for (const [{ contentType }, content] of contents) {
      sent.push(seen(await chat.send(content, { contentType })))
    }
    const [there] = await bob.conversations.list()
    return { sent, read: (await there?.messages())?.map(seen) }
  },
}

const later: Flow = {
  name: 'codecs are registered later, and without them there is a fallback',
  run: async (world) => {
    const { client } = world
    const [alice, bob] = [await client({ codecs: [reaction] }), await client()]
    const chat = await alice.conversations.newConversation(bob.address)
    await chat.send(contents[0]?.[1], { contentType: reaction.contentType })
    const [there] = await bob.conversations.list()
    const without = (await there?.messages())?.map(seen)
    const known = bob.codecFor(reaction.contentType) !== undefined
    bob.registerCodec(reaction)
    const newer = Object.assign(
      Object.create(Object.getPrototypeOf(reaction.contentType)),
      reaction.contentType,
      { versionMajor: 9 },
    )
    return {
      without,
      known,
      knownNow: bob.codecFor(reaction.contentType) === reaction,
      newer: bob.codecFor(newer) === undefined,
      with: (await there?.messages())?.map(seen),
    }
  },
}

const own: Flow = {
  name: 'a codec of the application, one that throws, and content as bytes',
  run: async ({ api, client }) => {
    const contentType = Object.assign(
      Object.create(Object.getPrototypeOf(reaction.contentType)),
      reaction.contentType,
      { authorityId: 'example.org', typeId: 'number' },
    )
    const numbers: ContentCodec<number> = {
      contentType,
      encode: (value) => ({
        type: contentType,
        parameters: { unit: 'm' },
        content: Uint8Array.of(value),
      }),
      decode: ({ content: [value = 0], parameters }) => {
        if (value === 13) throw new RangeError('bad luck')
        return parameters['unit'] === 'm' ? value : 0
      },
      fallback: (value) => `${value} m`,
      shouldPush: () => false,
    }
    const codecs = [numbers]
    const [alice, bob] = [await client({ codecs: [...codecs] }), await client()]
    const chat = await alice.conversations.newConversation(bob.address)
    for (const value of [1, 13, 2]) await chat.send(value, { contentType })
    const encoded = await alice.encodeContent(7, { contentType })
    const text = await alice.encodeContent('seven')
    return {
      read: (await chat.messages()).map(seen),
      without: (await (await bob.conversations.list())[0]?.messages())?.map(seen),
      encoded,
      text,
      decoded: await alice.decodeContent(encoded.payload),
      same: (await api.decodeContent(text.payload, alice)).content,
    }
  },
}

const compressed: Flow = {
  name: 'compressed content is read',
  run: async ({ api, client }) => {
    const [alice, bob] = [await client(), await client()]
    const chat = await alice.conversations.newConversation(bob.address)
    const { COMPRESSION_DEFLATE, COMPRESSION_GZIP } = api.Compression
    const text = 'again and '.repeat(40)
    await chat.send(text, { compression: COMPRESSION_DEFLATE })
    await chat.send(text, { compression: COMPRESSION_GZIP })
    await chat.send('short', { compression: COMPRESSION_GZIP })
    const [there] = await bob.conversations.list()
    const read = (await there?.messages()) ?? []
    return {
      contents: read.map(({ content }) => content),
      isSmaller: read.map(({ contentBytes }) => contentBytes.length < 200),
    }
  },
}

export const contentFlows: readonly Flow[] = [types, later, own, compressed]
