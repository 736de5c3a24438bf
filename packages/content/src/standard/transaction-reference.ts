// xmtp.org/transactionReference:1.0: "I have paid", with the transaction to look up.

import { toUtf8 } from '@posthorn/bytes'
import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import {
  badField,
  type Fields,
  isFields,
  jsonFields,
  optionalTextField,
  textField,
} from './fields.ts'

/** A transaction on a blockchain. Everything here is the sender's claim. */
export type TransactionReference = {
  readonly namespace?: string
  /** Chain, as a number or in hex. */
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
    content: toUtf8(JSON.stringify(transaction)),
  }),
  decode: ({ content }) => {
    const fields = jsonFields(content)
    const namespace = optionalTextField(fields, 'namespace')
    const { networkId, metadata } = fields
    if (typeof networkId !== 'string' && typeof networkId !== 'number') {
      throw badField('networkId', 'text or a number')
    }
    if (metadata !== undefined && !isFields(metadata)) throw badField('metadata', 'a JSON object')
    return {
      ...(namespace === undefined ? {} : { namespace }),
      networkId,
      reference: textField(fields, 'reference'),
      ...(metadata === undefined ? {} : { metadata }),
    }
  },
  fallback: ({ reference }) =>
    reference === ''
      ? 'Crypto transaction'
      : `[Crypto transaction] Use a blockchain explorer to learn more using the transaction hash: ${reference}`,
  shouldPush: () => true,
}
