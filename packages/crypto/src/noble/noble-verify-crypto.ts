import type { VerifyCrypto } from '../port.ts'
import { nobleCurve } from './curve.ts'
import { nobleHashes } from './hashes.ts'

/** The checking part of the plain JavaScript back end; this file reaches no cipher. */
export function createNobleVerifyCrypto(): VerifyCrypto {
  return {
    name: 'noble',
    detail: '@noble/curves and @noble/hashes in plain JavaScript',
    curve: nobleCurve,
    hash: nobleHashes,
  }
}
