// Where the published codecs are lax, and what we do instead. Should a release of theirs change, this fails.

import { toUtf8 } from '@posthorn/bytes'
import { type EncodedContent, encodeEncodedContent } from '@posthorn/content'
import { constant } from 'fast-check'
import { type Group, requireSame } from './check.ts'
import { ourDecode } from './javascript.ts'
import { type PeerCodec, peerCodecs, peerDecode } from './peers.ts'

const utf8 = { encoding: 'UTF-8' }
const reaction = { action: 'added', reference: 'ab', schema: 'unicode' }
const key = {
  contentDigest: 'ab'.repeat(32),
  salt: 'ab'.repeat(32),
  nonce: 'ab'.repeat(12),
  secret: 'ab'.repeat(32),
  scheme: 'https://',
  contentLength: '1',
  filename: 'x',
}

/** One piece of content each; every one is a check. */
export const differenceGroups: readonly Group[] = [
  {
    name: 'known differences',
    contents: constant(undefined),
    runs: 1,
    checks: {
      'a leading U+FEFF: theirs drops it, ours keeps it': async () => {
        const text = content('text', utf8, toUtf8('\uFEFFhi'))
        requireSame(theirs(text), 'hi')
        requireSame(await ours(text), '\uFEFFhi')
      },
      'text that is not UTF-8: theirs guesses, ours refuses': async () => {
        const text = content('text', utf8, Uint8Array.of(0x61, 0xff))
        requireSame(theirs(text), 'a\uFFFD')
        requireSame(await ours(text), 'refused')
      },
      'a reaction of the first form whose text is a number: theirs loses it, ours reads it':
        async () => {
          const digits = content('reaction', reaction, toUtf8('1'))
          requireSame(theirs(digits), {})
          requireSame(await ours(digits), { ...reaction, content: '1' })
        },
      'a reaction whose fields are no texts: theirs hands them out, ours refuses': async () => {
        const fields = { ...reaction, reference: 5, content: {} }
        const wrong = content('reaction', {}, toUtf8(JSON.stringify(fields)))
        requireSame(theirs(wrong), fields)
        requireSame(await ours(wrong), 'refused')
      },
      'a remote attachment that is a script: theirs hands it out, ours refuses': async () => {
        const script = content('remoteStaticAttachment', key, toUtf8('javascript:alert(1)'))
        requireSame((theirs(script) as { url: string }).url, 'javascript:alert(1)')
        requireSame(await ours(script), 'refused')
      },
      'a remote attachment without a length: theirs says NaN, ours says nothing': async () => {
        const { contentLength: _, ...rest } = key
        const remote = content('remoteStaticAttachment', rest, toUtf8('https://a'))
        requireSame((theirs(remote) as { contentLength: number }).contentLength, Number.NaN)
        requireSame('contentLength' in ((await ours(remote)) as object), false)
      },
      'a transaction on an infinite chain: theirs hands it out, ours refuses': async () => {
        const wrong = content(
          'transactionReference',
          {},
          toUtf8('{"networkId":1e999,"reference":""}'),
        )
        requireSame(theirs(wrong), { networkId: Number.POSITIVE_INFINITY, reference: '' })
        requireSame(await ours(wrong), 'refused')
      },
    },
  },
]

function peerOf(typeId: string): PeerCodec {
  const peer = peerCodecs[typeId]
  if (peer === undefined) throw new TypeError(`no published codec of ${typeId}`)
  return peer
}

function content(
  typeId: string,
  parameters: Readonly<Record<string, string>>,
  bytes: Uint8Array,
): EncodedContent {
  const { authorityId, versionMajor, versionMinor } = peerOf(typeId).contentType
  const type = { authorityId, typeId, versionMajor, versionMinor }
  return { type, parameters, content: bytes }
}

function theirs(encoded: EncodedContent): unknown {
  return peerDecode(peerOf(encoded.type.typeId), encodeEncodedContent(encoded))
}

async function ours(encoded: EncodedContent): Promise<unknown> {
  try {
    return await ourDecode(encodeEncodedContent(encoded))
  } catch {
    return 'refused'
  }
}
