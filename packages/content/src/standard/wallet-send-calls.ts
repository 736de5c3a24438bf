// xmtp.org/walletSendCalls:1.0 (XIP-59): "please sign this", transactions for the reader's wallet (EIP-5792).

import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import {
  defined,
  type Fields,
  jsonBytes,
  jsonFields,
  objectsField,
  optionalObjectField,
  optionalTextField,
  textField,
} from './fields.ts'

/** One transaction; numbers are hex with `0x`. */
export type WalletCall = {
  readonly to?: string
  readonly data?: string
  readonly value?: string
  readonly gas?: string
  /** What the sender says of it: `description`, `transactionType` and more. Show the transaction, not this. */
  readonly metadata?: Fields
}

/** Transactions that the sender asks the reader to sign. Never hand them to a wallet unasked. */
export type WalletSendCalls = {
  readonly version: string
  /** Hex with `0x`. */
  readonly chainId: string
  /** Address of the account that is asked. */
  readonly from: string
  readonly calls: readonly WalletCall[]
  readonly capabilities?: Fields
}

/** `xmtp.org/walletSendCalls:1.0`. */
export const walletSendCallsType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'walletSendCalls',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of transaction requests. Decoding throws `content/malformed` or `bytes/not-utf8`. */
export const walletSendCallsCodec: ContentCodec<WalletSendCalls> = {
  contentType: walletSendCallsType,
  encode: (request) => ({
    type: walletSendCallsType,
    parameters: {},
    content: jsonBytes(request),
  }),
  decode: ({ content }) => {
    const fields = jsonFields(content)
    return defined({
      version: textField(fields, 'version'),
      chainId: textField(fields, 'chainId'),
      from: textField(fields, 'from'),
      calls: objectsField(fields, 'calls').map(callOf),
      capabilities: optionalObjectField(fields, 'capabilities'),
    })
  },
  fallback: (request) => `[Transaction request generated]: ${JSON.stringify(request)}`,
  shouldPush: () => true,
}

function callOf(fields: Fields): WalletCall {
  return defined({
    to: optionalTextField(fields, 'to'),
    data: optionalTextField(fields, 'data'),
    value: optionalTextField(fields, 'value'),
    gas: optionalTextField(fields, 'gas'),
    metadata: optionalObjectField(fields, 'metadata'),
  })
}
