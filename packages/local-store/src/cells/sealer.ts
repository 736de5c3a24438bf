// Records to cells and back. A sealed value is nonce (12 bytes) || AES-256-GCM of the record, and its key is what
// vouches for the place: a value moved to another key does not open.

import { concatBytes, fromUtf8, toUtf8 } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { ProtocolError } from '@posthorn/errors'
import { corruptError } from '../errors.ts'
import { isSealed } from './cell-keys.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'

const nonceBytes = 12
// Drawing twelve bytes costs as much as drawing hundreds of times as many.
const noncesDrawn = 256

/** Seals and opens the values of cells. */
export type Sealer = {
  seal(key: string, record: unknown): Promise<Uint8Array>
  /** @throws StorageError `local-store/corrupt` */
  open(key: string, value: Uint8Array): Promise<unknown>
}

/** Creates a sealer under `secret`, 32 bytes, which must not change. */
export function createSealer(crypto: Crypto, secret: Uint8Array): Sealer {
  const nextNonce = createNonces(crypto)
  return {
    seal: async (key, record) => {
      if (!isSealed(key)) return toUtf8(String(record))
      const nonce = nextNonce()
      const plaintext = encodeRecord(record)
      const additionalData = toUtf8(key)
      const input = { key: secret, nonce, additionalData, plaintext }
      return concatBytes(nonce, await crypto.aead.encrypt(input))
    },
    open: async (key, value) => {
      try {
        if (!isSealed(key)) return fromUtf8(value)
        const nonce = value.subarray(0, nonceBytes)
        const ciphertext = value.subarray(nonceBytes)
        const additionalData = toUtf8(key)
        const input = { key: secret, nonce, additionalData, ciphertext }
        return decodeRecord(await crypto.aead.decrypt(input))
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
        throw corruptError('a record does not open', error)
      }
    },
  }
}

function createNonces(crypto: Crypto): () => Uint8Array {
  let drawn: Uint8Array = new Uint8Array()
  let at = 0
  return () => {
    if (at === drawn.length) {
      drawn = crypto.randomBytes(noncesDrawn * nonceBytes)
      at = 0
    }
    at += nonceBytes
    return drawn.subarray(at - nonceBytes, at)
  }
}
