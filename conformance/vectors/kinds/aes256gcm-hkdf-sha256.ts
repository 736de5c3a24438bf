// aes256gcm_hkdf_sha256: secret, plaintext, additional data, salt and nonce -> payload and message.

import { toHex } from '@posthorn/bytes'
import { decryptHkdfAesGcm, encryptHkdfAesGcm } from '@posthorn/crypto'
import { Ciphertext, encode } from '@posthorn/wire'
import type { Checker } from '../checker.ts'
import { bytesField, optionalBytesField } from '../fields.ts'
import { requireReproduced, withRandomness } from '../reproduce.ts'

/** Checks the construction that encrypts everything, in both directions. */
export const aes256gcmHkdfSha256: Checker = {
  async compute({ crypto, input }) {
    const secret = bytesField(input, 'secret')
    const plaintext = bytesField(input, 'plaintext')
    const additionalData = optionalBytesField(input, 'additional_data')
    const draws = [bytesField(input, 'hkdf_salt'), bytesField(input, 'gcm_nonce')]
    const scripted = withRandomness(crypto, draws)
    const ciphertext = await encryptHkdfAesGcm(scripted, { secret, plaintext, additionalData })
    const opened = await decryptHkdfAesGcm(crypto, { secret, ciphertext, additionalData })
    requireReproduced('plaintext', opened, plaintext)
    const { salt: hkdfSalt, nonce: gcmNonce, payload } = ciphertext
    const value = { hkdfSalt, gcmNonce, payload }
    return {
      payload: toHex(payload),
      ciphertext_message: toHex(
        encode(Ciphertext, { union: { $case: 'aes256GcmHkdfSha256', value } }),
      ),
    }
  },
}
