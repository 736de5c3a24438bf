// Private logs: what an account notes for its own clients, on topics that only it can name, under keys that only
// it has. Each log has a name, a topic and a key of its own.

import { concatBytes, toBase64Url, toUtf8, wipe } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { preferencesTopic } from '@posthorn/envelope'
import { CodecError } from '@posthorn/errors'
import type { PrivateKey } from '@posthorn/identity'
import { decode, encode, PrivatePreferencesPayload } from '@posthorn/wire'
import { decrypt, encrypt } from './ciphertext.ts'

const topicSalt = toUtf8('POSTHORN_PRIVATE_LOG_TOPIC')
const encryptionSalt = toUtf8('POSTHORN_PRIVATE_LOG_ENCRYPTION')
const keyBytes = 32

/** The topic of an account's private log; to everybody else it looks like one more consent log. */
export function privateLogTopic(
  { hash }: Pick<Crypto, 'hash'>,
  identityKey: PrivateKey,
  name: string,
): string {
  const key = deriveKey({ hash }, identityKey, { salt: topicSalt, name })
  const identifier = toBase64Url(hash.sha256(key))
  wipe(key)
  return preferencesTopic(identifier)
}

/** Seals one entry of a private log. */
export async function sealPrivateEntry(
  crypto: Crypto,
  identityKey: PrivateKey,
  { name, value }: { readonly name: string; readonly value: Uint8Array },
): Promise<Uint8Array> {
  const context = contextOf(crypto, identityKey, name)
  try {
    const ciphertext = await encrypt(crypto, value, context)
    return encode(PrivatePreferencesPayload, { version: { $case: 'v1', value: ciphertext } })
  } finally {
    wipe(context.secret)
  }
}

/**
 * Opens one entry of a private log. Nobody but the account can have written what opens.
 *
 * @throws CodecError `private-log/unknown-version`, `ciphertext/missing`, `wire/malformed`;
 * ValidationError `crypto/bad-length`; VerificationError `crypto/decrypt-failed`
 */
export async function openPrivateEntry(
  crypto: Crypto,
  identityKey: PrivateKey,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
): Promise<Uint8Array> {
  const { version } = decode(PrivatePreferencesPayload, bytes, 'PrivatePreferencesPayload')
  if (version === undefined) {
    throw new CodecError(
      'private-log/unknown-version',
      'Open entry of a private log: found no version that is known, wanted 1',
    )
  }
  const context = contextOf(crypto, identityKey, name)
  try {
    return await decrypt(crypto, version.value, context)
  } finally {
    wipe(context.secret)
  }
}

type DeriveInput = { readonly salt: Uint8Array; readonly name: string }

function contextOf(
  crypto: Pick<Crypto, 'hash'>,
  identityKey: PrivateKey,
  name: string,
): { secret: Uint8Array; additionalData: Uint8Array } {
  const secret = deriveKey(crypto, identityKey, { salt: encryptionSalt, name })
  return { secret, additionalData: concatBytes(identityKey.public.publicKey, toUtf8(name)) }
}

function deriveKey(
  { hash }: Pick<Crypto, 'hash'>,
  { secret }: PrivateKey,
  { salt, name }: DeriveInput,
): Uint8Array {
  return hash.hkdfSha256({ secret, salt, info: toUtf8(name), lengthBytes: keyBytes })
}
