// encrypted_persistence: an identity private key and a stored record -> its value.

import { toHex } from '@posthorn/bytes'
import { openRecord, sealRecord } from '@posthorn/protocol-v2'
import type { Checker } from '../checker.ts'
import { bytesField } from '../fields.ts'
import { requireReproduced } from '../reproduce.ts'

/** Checks records of local state. Their ephemeral keys are not told, so a fresh one stands for sealing again. */
export const encryptedPersistence: Checker = {
  compute({ crypto, input }) {
    const secret = bytesField(input, 'identity_private_key')
    const identityKey = { secret, public: { publicKey: crypto.curve.publicKey(secret) } }
    const value = openRecord(crypto, identityKey, bytesField(input, 'stored'))
    const again = openRecord(crypto, identityKey, sealRecord(crypto, identityKey, value))
    requireReproduced('value', again, value)
    return { value: toHex(value) }
  },
}
