// xmtp.org/transactionReference:1.0: "I have paid", with the transaction to look up.

import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import {
  badField,
  defined,
  type Fields,
  jsonBytes,
  jsonFields,
  optionalObjectField,
  optionalTextField,
  textField,
} from './fields.ts'

/** A transaction on a blockchain. Everything here is the sender's claim. */
export type TransactionReference = {
  readonly namespace?: string
  /** Chain, as a whole number or as text, decimal or hex. */
  readonly networkId: number | string
  /** Transaction hash. */
  readonly reference: string
  /** What the sender says of it: transactionType, currency, amount, decimals, fromAddress, toAddress. */
  readonly metadata?: Fields
}

/** `xmtp.org/transactionReference:1.0`. */
export const transactionReferenceType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'transactionReference',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of transaction references. Decoding throws `content/malformed` or `bytes/not-utf8`. */
export const transactionReferenceCodec: ContentCodec<TransactionReference> = {
  contentType: transactionReferenceType,
  encode: (transaction) => ({
    type: transactionReferenceType,
    parameters: {},
    content: jsonBytes(transaction),
  }),
  decode: ({ content }) => {
    const fields = jsonFields(content)
    return defined({
      namespace: optionalTextField(fields, 'namespace'),
      networkId: networkIdOf(fields),
      reference: textField(fields, 'reference'),
      metadata: optionalObjectField(fields, 'metadata'),
    })
  },
  fallback: ({ reference }) =>
    reference === ''
      ? 'Crypto transaction'
      : `[Crypto transaction] Use a blockchain explorer to learn more using the transaction hash: ${reference}`,
  shouldPush: () => true,
}

// A number past 2^53 has lost digits already, and would name another chain than the sender did.
function networkIdOf({ networkId }: Fields): number | string {
  if (typeof networkId === 'string' || Number.isSafeInteger(networkId)) {
    return networkId as number | string
  }
  throw badField('networkId', 'text or a whole number below 2^53')
}
