// A keystore that holds the private keys in this process.

import { wipe } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { UsageError } from '@posthorn/errors'
import {
  createAuthToken,
  encodePrivateKeyBundleV1,
  encodePrivateKeyBundleV2,
  isLegacyKeyBundle,
  type PrivateKeyBundle,
  publicKeyBundleOf,
  sealKeyBundleRecord,
  verifyPrivateKeyBundle,
} from '@posthorn/identity'
import { consentTopic, openConsentAction, sealConsentAction } from '../consent.ts'
import { hmacKeysAround } from '../hmac-key.ts'
import { createKeyBundleCache } from '../key-bundle-cache.ts'
import type { LocalIdentity } from '../local-identity.ts'
import { openMessage, sealMessage } from '../message.ts'
import { openMessageV1, sealMessageV1 } from '../message-v1.ts'
import { openPrivateEntry, privateLogTopic, sealPrivateEntry } from '../private-log.ts'
import { createInvitation, openInvitation } from '../sealed-invitation.ts'
import type { Keystore } from './keystore.ts'

/**
 * A keystore of private keys, which are its own from now on: closing it wipes them.
 *
 * @throws VerificationError `identity/key-mismatch`, `identity/pre-key-not-signed`, `crypto/bad-signature`;
 * ValidationError `crypto/bad-private-key`
 */
export function createMemoryKeystore(crypto: Crypto, keys: PrivateKeyBundle): Keystore {
  const address = verifyPrivateKeyBundle(crypto, keys)
  const keyBundle = publicKeyBundleOf(keys)
  const senders = createKeyBundleCache()
  let open: LocalIdentity | undefined = { address, keys }

  function identity(): LocalIdentity {
    if (open !== undefined) return open
    throw new UsageError('keystore/closed', 'Use keystore: it was closed, open it anew')
  }

  return {
    address,
    keyBundle,
    sealMessageV1: async (input) => sealMessageV1(crypto, { ...input, identity: identity() }),
    openMessageV1: async (input) => openMessageV1(crypto, { ...input, identity: identity() }),
    // Awaited where they are called most: returning a promise from an async function takes three turns more.
    sealMessage: async (input) => await sealMessage(crypto, { ...input, identity: identity() }),
    openMessage: async (input) =>
      await openMessage(crypto, { ...input, selfAddress: identity().address, senders }),
    createInvitation: async (input) => createInvitation(crypto, { ...input, identity: identity() }),
    openInvitation: async (input) => openInvitation(crypto, { ...input, identity: identity() }),
    consentTopic: async () => consentTopic(crypto, identity().keys.identityKey),
    sealConsentAction: async (action) =>
      sealConsentAction(crypto, identity().keys.identityKey, action),
    openConsentAction: async (bytes) =>
      openConsentAction(crypto, identity().keys.identityKey, bytes),
    privateLogTopic: async (name) => privateLogTopic(crypto, identity().keys.identityKey, name),
    sealPrivateEntry: async (name, value) =>
      sealPrivateEntry(crypto, identity().keys.identityKey, { name, value }),
    openPrivateEntry: async (name, bytes) =>
      openPrivateEntry(crypto, identity().keys.identityKey, { name, bytes }),
    createAuthToken: async (createdNs) =>
      createAuthToken(crypto, { identityKey: identity().keys.identityKey, createdNs }),
    hmacKeys: async (keyMaterial, nowMs) =>
      hmacKeysAround(crypto, { keyMaterial, address: identity().address }, nowMs),
    sealKeyBundle: async (signer) =>
      sealKeyBundleRecord(crypto, { bundle: identity().keys, signer }),
    exportKeyBundle: async () =>
      isLegacyKeyBundle(keyBundle)
        ? encodePrivateKeyBundleV1(identity().keys)
        : encodePrivateKeyBundleV2(identity().keys),
    [Symbol.asyncDispose]: async () => {
      open = undefined
      for (const { secret } of [keys.identityKey, ...keys.preKeys]) wipe(secret)
    },
  }
}
