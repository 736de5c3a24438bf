import { toHex } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import type { MessageV2 } from '@posthorn/wire'
import { hashBoth } from './hash-both.ts'

/** Name of what a message seals: hex SHA-256 of header and ciphertext, 64 digits. */
export function sealedId(
  crypto: Pick<Crypto, 'hash'>,
  { headerBytes, ciphertext }: Pick<MessageV2, 'headerBytes' | 'ciphertext'>,
): string {
  const payload = ciphertext?.union?.value.payload ?? new Uint8Array(0)
  return toHex(hashBoth(crypto, headerBytes, payload))
}

/** Name of a message of either version: hex SHA-256 of its bytes, 64 digits. */
export function messageId({ hash }: Pick<Crypto, 'hash'>, bytes: Uint8Array): string {
  return toHex(hash.sha256(bytes))
}
