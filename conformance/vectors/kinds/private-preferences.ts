// private_preferences: an owner and a message of the consent log -> its topic and what it says.

import { toHex } from '@posthorn/bytes'
import {
  type ConsentAction,
  consentIdentifier,
  consentTopic,
  encodeConsentAction,
  openConsentAction,
  sealConsentAction,
} from '@posthorn/protocol-v2'
import { decode, PrivatePreferencesPayload } from '@posthorn/wire'
import type { Checker } from '../checker.ts'
import { partsOf } from '../ciphertext-parts.ts'
import { bytesField, type Json, objectField } from '../fields.ts'
import { readParty } from '../party.ts'
import { requireReproduced, withRandomness } from '../reproduce.ts'

const namesOf = {
  address: { arm: 'Address', field: 'walletAddresses' },
  groupId: { arm: 'Group', field: 'groupIds' },
  inboxId: { arm: 'InboxId', field: 'inboxIds' },
} as const

/** Checks entries of the consent log: opened, and sealed again. */
export const privatePreferences: Checker = {
  async compute({ crypto, input }) {
    const { identityKey } = readParty(crypto, objectField(input, 'owner')).bundle
    const secret = bytesField(input, 'identity_private_key')
    requireReproduced('identity key', identityKey.secret, secret)
    const bytes = bytesField(input, 'message')
    const action = await openConsentAction(crypto, identityKey, bytes)
    const wire = decode(PrivatePreferencesPayload, bytes, 'PrivatePreferencesPayload')
    const { salt, nonce } = partsOf(wire.version?.value)
    const scripted = withRandomness(crypto, [salt, nonce])
    requireReproduced('message', await sealConsentAction(scripted, identityKey, action), bytes)
    return {
      topic_identifier: consentIdentifier(crypto, identityKey),
      topic: consentTopic(crypto, identityKey),
      action_bytes: toHex(encodeConsentAction(action)),
      action: actionFacts(action),
    }
  },
}

function actionFacts({ decision, subject, values }: ConsentAction): Json {
  const { arm, field } = namesOf[subject]
  return { [`${decision === 'allowed' ? 'allow' : 'deny'}${arm}`]: { [field]: values } }
}
