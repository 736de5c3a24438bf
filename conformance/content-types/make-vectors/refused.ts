// Content that no reader may take for what it claims to be.

import { toHex, toUtf8 } from '@posthorn/bytes'
import { type EncodedContent, encodeEncodedContent, parseContentType } from '@posthorn/content'

type RefusedCase = { readonly name: string; readonly input: object; readonly expect: object }

const hash = 'ab'.repeat(32)
const remoteParameters = {
  contentDigest: hash,
  salt: hash,
  nonce: 'ab'.repeat(12),
  secret: hash,
  scheme: 'https://',
  contentLength: '5',
  filename: 'x',
}

/** One case for each way that content can lie about itself. */
export const refusedCases: readonly RefusedCase[] = [
  refused('text that is not UTF-8', text(Uint8Array.of(0xff, 0xfe))),
  refused('text with half a surrogate pair', text(Uint8Array.of(0xed, 0xa0, 0x80))),
  refused('text in another encoding', text(toUtf8('hi'), 'UTF-16')),
  refused('text without an encoding', { ...text(toUtf8('hi')), parameters: {} }),
  refused('a reaction that is a list', json('xmtp.org/reaction:1.0', '[]')),
  refused('a reaction that is cut short', json('xmtp.org/reaction:1.0', '{"action":"added"')),
  refused(
    'a reaction with an action nobody knows',
    json(
      'xmtp.org/reaction:1.0',
      `{"action":"?","reference":"${hash}","schema":"unicode","content":"x"}`,
    ),
  ),
  refused(
    'a reaction whose fields lie in its prototype',
    json(
      'xmtp.org/reaction:1.0',
      `{"__proto__":{"action":"added","reference":"${hash}","schema":"unicode","content":"x"}}`,
    ),
  ),
  refused(
    'a reaction in protobuf without an action',
    bytes('xmtp.org/reaction:2.0', '0a0161220178'),
  ),
  refused(
    'a reaction in protobuf whose text is a number',
    bytes('xmtp.org/reaction:2.0', '0a01611801200128 01'),
  ),
  refused('protobuf that is cut short', bytes('xmtp.org/deleteMessage:1.0', '0a05aa')),
  refused(
    'protobuf with a length past its end',
    bytes('xmtp.org/deleteMessage:1.0', '0affffffff0f61'),
  ),
  refused('a deletion of nothing', bytes('xmtp.org/deleteMessage:1.0', '')),
  refused('an edit without content', bytes('xmtp.org/editMessage:1.0', '0a0161')),
  refused('an attachment without a kind', {
    type: parseContentType('xmtp.org/attachment:1.0'),
    parameters: { filename: 'x' },
    content: new Uint8Array(0),
  }),
  ...[
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'https://a b',
    'https://u@host/',
  ].map((url) => refused(`a remote attachment at ${url.slice(0, 12)}…`, remote(url))),
  refused('a remote attachment with a short salt', remote('https://a', { salt: 'abcd' })),
  refused('a remote attachment without a secret', remote('https://a', { secret: '' })),
  refused(
    'a transaction on a chain past 2^53',
    json(
      'xmtp.org/transactionReference:1.0',
      `{"networkId":90071992547409930,"reference":"${hash}"}`,
    ),
  ),
  refused(
    'a transaction on an infinite chain',
    json('xmtp.org/transactionReference:1.0', `{"networkId":1e999,"reference":"${hash}"}`),
  ),
  refused(
    'metadata 40 levels deep',
    json(
      'xmtp.org/transactionReference:1.0',
      `{"networkId":1,"reference":"x","metadata":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`,
    ),
  ),
  refused(
    'a request whose calls are no list',
    json('xmtp.org/walletSendCalls:1.0', '{"version":"1","chainId":"0x1","from":"0x","calls":{}}'),
  ),
  refused('a typing notice of text', json('convos.org/typing_indicator:1.0', '{"isTyping":"yes"}')),
  refused(
    'actions with the same id twice',
    json(
      'coinbase.com/actions:1.0',
      '{"id":"a","description":"","actions":[{"id":"x","label":"1"},{"id":"x","label":"2"}]}',
    ),
  ),
  refused(
    'no actions',
    json('coinbase.com/actions:1.0', '{"id":"a","description":"","actions":[]}'),
  ),
  refused('a reply in 64 replies', nestedReplies(64)),
  refused('a reply that holds nothing', { ...nestedReplies(1), content: new Uint8Array(0) }),
]

function refused(name: string, encoded: EncodedContent): RefusedCase {
  return {
    name,
    input: { encoded_content: toHex(encodeEncodedContent(encoded)) },
    expect: { accepted: false },
  }
}

function text(content: Uint8Array, encoding = 'UTF-8'): EncodedContent {
  return { type: parseContentType('xmtp.org/text:1.0'), parameters: { encoding }, content }
}

function json(type: string, content: string): EncodedContent {
  return { type: parseContentType(type), parameters: {}, content: toUtf8(content) }
}

function bytes(type: string, hex: string): EncodedContent {
  const pairs = hex.replaceAll(' ', '').match(/../g) ?? []
  const content = Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16))
  return { type: parseContentType(type), parameters: {}, content }
}

function remote(url: string, changes: object = {}): EncodedContent {
  return {
    type: parseContentType('xmtp.org/remoteStaticAttachment:1.0'),
    parameters: { ...remoteParameters, ...changes },
    content: toUtf8(url),
  }
}

function nestedReplies(depth: number): EncodedContent {
  const inner = depth === 0 ? text(toUtf8('end')) : nestedReplies(depth - 1)
  return {
    type: parseContentType('xmtp.org/reply:1.0'),
    parameters: { reference: hash },
    content: encodeEncodedContent(inner),
  }
}
