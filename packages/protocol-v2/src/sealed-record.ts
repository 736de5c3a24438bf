// Records of local state, encrypted to the identity key and signed by it, as published clients keep them.

import type { Crypto } from '@posthorn/crypto'
import { decryptEcies, encryptEcies } from '@posthorn/crypto'
import { VerificationError } from '@posthorn/errors'
import { type PrivateKey, signatureFromWire, signatureToWire } from '@posthorn/identity'
import {
  decode,
  SignedEciesCiphertext_Ecies as Ecies,
  encode,
  SignedEciesCiphertext,
} from '@posthorn/wire'

/** What sealing and opening records work with. */
export type RecordCrypto = Pick<Crypto, 'curve' | 'hash' | 'randomBytes'>

/** An identity key, of which records need no signatures. */
export type RecordKey = {
  readonly secret: Uint8Array
  readonly public: Pick<PrivateKey['public'], 'publicKey'>
}

/** Encrypts a record to the identity key. */
export function sealRecord(
  crypto: RecordCrypto,
  identityKey: RecordKey,
  value: Uint8Array,
): Uint8Array {
  const { publicKey } = identityKey.public
  const eciesBytes = encode(Ecies, encryptEcies(crypto, { publicKey, plaintext: value }))
  const signature = crypto.curve.sign(crypto.hash.sha256(eciesBytes), identityKey.secret)
  return encode(SignedEciesCiphertext, { eciesBytes, signature: signatureToWire(signature) })
}

/**
 * The value of a record.
 *
 * @throws VerificationError `keystore/record-not-signed`, `crypto/decrypt-failed`;
 * CodecError `wire/malformed`, `identity/malformed-signature`;
 * ValidationError `crypto/bad-length`, `crypto/bad-public-key`
 */
export function openRecord(
  crypto: Omit<RecordCrypto, 'randomBytes'>,
  identityKey: RecordKey,
  record: Uint8Array,
): Uint8Array {
  const { eciesBytes, signature } = decode(SignedEciesCiphertext, record, 'SignedEciesCiphertext')
  const { compact } = signatureFromWire(signature)
  const digest = crypto.hash.sha256(eciesBytes)
  if (!crypto.curve.verify(compact, digest, identityKey.public.publicKey)) {
    throw new VerificationError(
      'keystore/record-not-signed',
      'Open record: found another signature, wanted one by this account’s identity key',
    )
  }
  return decryptEcies(crypto, identityKey.secret, decode(Ecies, eciesBytes, 'Ecies'))
}
