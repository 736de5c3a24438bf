import { concatBytes, toUtf8 } from '@posthorn/bytes'
import type { Hashes } from './port.ts'

const prefix = '\x19Ethereum Signed Message:\n'

/**
 * The 32-byte digest that a wallet signs for a text (EIP-191 personal message).
 * The length in the prefix counts UTF-8 bytes, not characters.
 */
export function personalMessageDigest(hash: Pick<Hashes, 'keccak256'>, text: string): Uint8Array {
  const message = toUtf8(text)
  return hash.keccak256(concatBytes(toUtf8(`${prefix}${message.length}`), message))
}
