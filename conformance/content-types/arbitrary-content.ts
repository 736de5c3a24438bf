// Random content of each published type, as their types describe it.

import { type Actions, type ContentTypeId, type GroupUpdated, textType } from '@posthorn/content'
import fc from 'fast-check'

// Grapheme clusters: valid Unicode. A leading U+FEFF is dropped by the published text codecs.
const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => value[0] !== '\uFEFF')
const someText = text.filter((value) => value !== '')
const bytes = (lengthBytes: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: lengthBytes, maxLength: lengthBytes })
const hexDigits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
const messageId = hexDigits(64)
const hexNumber = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map((n) => `0x${n.toString(16)}`)
const address = hexDigits(40).map((digits) => `0x${digits}`)
// JSON objects of texts under names that mean something to JavaScript are taken apart elsewhere.
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }).filter(isOrdinary)
const texts = fc.dictionary(name, text, { maxKeys: 5, noNullPrototype: true })

function isOrdinary(key: string): boolean {
  // Names that are whole numbers move to the front of a JavaScript object.
  return !(key in {}) && key !== 'prototype' && !/^\d+$/.test(key)
}

const reaction = fc.record(
  {
    action: fc.constantFrom('added', 'removed'),
    reference: messageId,
    referenceInboxId: messageId,
    schema: fc.constantFrom('unicode', 'shortcode', 'custom'),
    content: text,
  },
  { requiredKeys: ['action', 'reference', 'schema', 'content'] },
)

const attachment = fc.record({
  filename: text,
  mimeType: fc.constantFrom('image/png', 'text/plain', 'application/octet-stream'),
  data: fc.uint8Array({ maxLength: 300 }),
})

const url = fc.webUrl({ validSchemes: ['https'], withFragments: true, withQueryParameters: true })

const remote = fc.record({
  url,
  contentDigest: hexDigits(64),
  salt: bytes(32),
  nonce: bytes(12),
  secret: bytes(32),
  scheme: fc.constant('https://'),
  contentLength: fc.nat({ max: 0xffff_ffff }),
  filename: text,
})

const metadata = fc.record({
  transactionType: text,
  currency: text,
  amount: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
  decimals: fc.nat({ max: 30 }),
  fromAddress: address,
  toAddress: address,
})

const transaction = fc.record(
  {
    namespace: text,
    networkId: fc.oneof(fc.nat(), hexNumber),
    reference: fc.oneof(messageId, fc.constant('')),
    metadata,
  },
  { requiredKeys: ['networkId', 'reference'] },
)

const call = fc.record(
  {
    to: address,
    data: hexNumber,
    value: hexNumber,
    gas: hexNumber,
    metadata: texts.chain((more) =>
      fc.record({ description: text, transactionType: text }).map((own) => ({ ...own, ...more })),
    ),
  },
  { requiredKeys: [] },
)

const request = fc.record(
  {
    version: text,
    chainId: hexNumber,
    from: address,
    calls: fc.array(call, { maxLength: 4 }),
    capabilities: texts,
  },
  { requiredKeys: ['version', 'chainId', 'from', 'calls'] },
)

const inboxes = fc.array(fc.record({ inboxId: messageId }), { maxLength: 4 })

// What the published package knows of; later fields stay empty.
const groupUpdated: fc.Arbitrary<GroupUpdated> = fc
  .record({
    initiatedByInboxId: messageId,
    addedInboxes: inboxes,
    removedInboxes: inboxes,
    metadataFieldChanges: fc.array(
      fc.record(
        { fieldName: text, oldValue: text, newValue: text },
        { requiredKeys: ['fieldName'] },
      ),
      { maxLength: 3 },
    ),
  })
  .map((fields) => ({
    ...fields,
    leftInboxes: [],
    addedAdminInboxes: [],
    removedAdminInboxes: [],
    addedSuperAdminInboxes: [],
    removedSuperAdminInboxes: [],
  }))

const isoTime = fc
  .date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString())

const actions: fc.Arbitrary<Actions> = fc.record(
  {
    id: someText,
    description: someText,
    actions: fc.uniqueArray(
      fc.record(
        {
          id: someText,
          label: someText,
          imageUrl: url,
          style: fc.constantFrom('primary' as const, 'secondary' as const, 'danger' as const),
          expiresAt: isoTime,
        },
        { requiredKeys: ['id', 'label'] },
      ),
      { minLength: 1, maxLength: 10, selector: ({ id }) => id },
    ),
    expiresAt: isoTime,
  },
  { requiredKeys: ['id', 'description', 'actions'] },
)

// The native core keeps metadata in no order, so bytes can be compared for one entry only.
const oneText = fc.dictionary(name, text, { maxKeys: 1, noNullPrototype: true })
const intent = fc.record(
  { id: text, actionId: text, metadata: oneText },
  { requiredKeys: ['id', 'actionId'] },
)

const idOf = (typeId: string): ContentTypeId => ({ ...textType, typeId })

function replyWith(typeId: string, content: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  return fc.record(
    {
      reference: messageId,
      referenceInboxId: fc.oneof(messageId, fc.constant('')),
      contentType: fc.constant(idOf(typeId)),
      content,
    },
    { requiredKeys: ['reference', 'contentType', 'content'] },
  )
}

const reply = fc.oneof(
  replyWith('text', text),
  replyWith('markdown', text),
  replyWith('attachment', attachment),
  replyWith('reaction', reaction),
  replyWith('remoteStaticAttachment', remote),
  replyWith('reply', replyWith('text', text)),
)

/** Random content by type id. */
export const arbitraryContent: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  text,
  markdown: text,
  reaction,
  reply,
  readReceipt: fc.constant({}),
  attachment,
  remoteStaticAttachment: remote,
  multiRemoteStaticAttachment: fc.record({
    attachments: fc.array(remote, { maxLength: 4 }),
  }),
  transactionReference: transaction,
  walletSendCalls: request,
  group_updated: groupUpdated,
  actions,
  intent,
}
