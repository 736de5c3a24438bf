// Consent: whom an account allows to write to it and whom it denies, kept as an encrypted log on the network.

import { toBase64Url, toUtf8, wipe } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { preferencesTopic } from '@posthorn/envelope'
import { CodecError } from '@posthorn/errors'
import type { PrivateKey } from '@posthorn/identity'
import { decode, encode, PrivatePreferencesPayload } from '@posthorn/wire'
import { decrypt, encrypt } from './ciphertext.ts'
import { type ConsentAction, decodeConsentAction, encodeConsentAction } from './consent-action.ts'

const topicSalt = toUtf8('XMTP_PRIVATE_PREFERENCES_TOPIC')
const encryptionSalt = toUtf8('XMTP_PRIVATE_PREFERENCES_ENCRYPTION')
const keyBytes = 32

/** The topic of an account's consent log; only the account itself can tell whose it is. */
export function consentTopic(crypto: Pick<Crypto, 'hash'>, identityKey: PrivateKey): string {
  return preferencesTopic(consentIdentifier(crypto, identityKey))
}

/** The name of an account's consent log: 43 characters of unpadded base64url. */
export function consentIdentifier({ hash }: Pick<Crypto, 'hash'>, identityKey: PrivateKey): string {
  const key = deriveKey({ hash }, identityKey, topicSalt)
  const identifier = toBase64Url(hash.sha256(key))
  wipe(key)
  return identifier
}

/** Seals one entry of the log. */
export async function sealConsentAction(
  crypto: Crypto,
  identityKey: PrivateKey,
  action: ConsentAction,
): Promise<Uint8Array> {
  const context = contextOf(crypto, identityKey)
  const ciphertext = await encrypt(crypto, encodeConsentAction(action), context)
  wipe(context.secret)
  return encode(PrivatePreferencesPayload, { version: { $case: 'v1', value: ciphertext } })
}

/**
 * Opens one entry of the log.
 *
 * @throws CodecError `consent/unknown-version`, `consent/unknown-action`, `ciphertext/missing`,
 * `wire/malformed`; ValidationError `crypto/bad-length`; VerificationError `crypto/decrypt-failed`
 */
export async function openConsentAction(
  crypto: Crypto,
  identityKey: PrivateKey,
  bytes: Uint8Array,
): Promise<ConsentAction> {
  const { version } = decode(PrivatePreferencesPayload, bytes, 'PrivatePreferencesPayload')
  if (version === undefined) {
    throw new CodecError(
      'consent/unknown-version',
      'Open consent action: found no version that is known, wanted 1',
    )
  }
  const context = contextOf(crypto, identityKey)
  try {
    return decodeConsentAction(await decrypt(crypto, version.value, context))
  } finally {
    wipe(context.secret)
  }
}

function contextOf(
  crypto: Pick<Crypto, 'hash'>,
  identityKey: PrivateKey,
): { secret: Uint8Array; additionalData: Uint8Array } {
  const secret = deriveKey(crypto, identityKey, encryptionSalt)
  return { secret, additionalData: identityKey.public.publicKey }
}

function deriveKey(
  { hash }: Pick<Crypto, 'hash'>,
  { secret }: PrivateKey,
  salt: Uint8Array,
): Uint8Array {
  return hash.hkdfSha256({ secret, salt, info: new Uint8Array(0), lengthBytes: keyBytes })
}
