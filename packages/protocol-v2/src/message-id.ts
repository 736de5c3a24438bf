import { toHex } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'

/** Name of a message of either version: hex SHA-256 of its bytes, 64 digits. */
export function messageId({ hash }: Pick<Crypto, 'hash'>, bytes: Uint8Array): string {
  return toHex(hash.sha256(bytes))
}
