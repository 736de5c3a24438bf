import { hash } from 'node:crypto'

const digestBytes = 32

/** SHA-256; 32 bytes. */
// By way of a text: the Buffer that node:crypto would make takes as long as hashing 1 KiB.
export function sha256(data: Uint8Array): Uint8Array {
  const text = hash('sha256', data, 'binary')
  const digest = new Uint8Array(digestBytes)
  for (let i = 0; i < digestBytes; i++) digest[i] = text.charCodeAt(i)
  return digest
}
