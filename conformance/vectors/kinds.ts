// Which checker checks which kind of vector.

import type { Checker } from './checker.ts'
import { aes256gcmHkdfSha256 } from './kinds/aes256gcm-hkdf-sha256.ts'
import { authToken } from './kinds/auth-token.ts'
import { cacheFormat } from './kinds/cache-format.ts'
import { consentProof } from './kinds/consent-proof.ts'
import { contactDecode } from './kinds/contact-decode.ts'
import { content } from './kinds/content.ts'
import { contentRefused } from './kinds/content-refused.ts'
import { decodedMessage } from './kinds/decoded-message.ts'
import { encryptedPersistence } from './kinds/encrypted-persistence.ts'
import { encryptedPrivateKeyBundle } from './kinds/encrypted-private-key-bundle.ts'
import { hmacKey } from './kinds/hmac-key.ts'
import { identity } from './kinds/identity.ts'
import { invitation } from './kinds/invitation.ts'
import { invitationValidation } from './kinds/invitation-validation.ts'
import { messageV1 } from './kinds/message-v1.ts'
import { messageV2 } from './kinds/message-v2.ts'
import { messageV2Validation } from './kinds/message-v2-validation.ts'
import { privatePreferences } from './kinds/private-preferences.ts'
import { remoteAttachmentPayload } from './kinds/remote-attachment-payload.ts'
import { sharedSecret } from './kinds/shared-secret.ts'
import { topics } from './kinds/topics.ts'

/** Checkers by kind. */
export const checkers: Readonly<Record<string, Checker>> = {
  aes256gcm_hkdf_sha256: aes256gcmHkdfSha256,
  auth_token: authToken,
  cache_format: cacheFormat,
  consent_proof: consentProof,
  contact_decode: contactDecode,
  content,
  content_refused: contentRefused,
  decoded_message: decodedMessage,
  encrypted_persistence: encryptedPersistence,
  encrypted_private_key_bundle: encryptedPrivateKeyBundle,
  hmac_key: hmacKey,
  identity,
  invitation,
  invitation_validation: invitationValidation,
  message_v1: messageV1,
  message_v2: messageV2,
  message_v2_validation: messageV2Validation,
  private_preferences: privatePreferences,
  remote_attachment_payload: remoteAttachmentPayload,
  shared_secret: sharedSecret,
  topics,
}
