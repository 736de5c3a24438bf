import { hash } from 'node:crypto'
import { keyedHashes } from '../keyed-hashes.ts'
import { nobleHashes } from '../noble/hashes.ts'
import type { Hashes } from '../port.ts'

const digestBytes = 32

/** Hashes of node:crypto; Keccak-256, which it lacks, in plain JavaScript. */
export const nativeHashes: Hashes = {
  sha256,
  keccak256: nobleHashes.keccak256,
  ...keyedHashes(wipeableSha256),
}

// A short array made here is cheaper than the Buffer that node:crypto would make.
function sha256(data: Uint8Array): Uint8Array {
  const text = hash('sha256', data, 'binary')
  const digest = new Uint8Array(digestBytes)
  for (let i = 0; i < digestBytes; i++) digest[i] = text.charCodeAt(i)
  return digest
}

// Digests with a key in them must not stay behind in a text, which cannot be wiped.
function wipeableSha256(data: Uint8Array): Uint8Array {
  return hash('sha256', data, 'buffer')
}
