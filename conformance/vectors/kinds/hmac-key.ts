// hmac_key: key of a conversation, address and period -> the HMAC key of that period.

import { toHex } from '@posthorn/bytes'
import { hmacKey as deriveHmacKey } from '@posthorn/protocol-v2'
import type { Checker } from '../checker.ts'
import { bytesField, integerField, textField } from '../fields.ts'

/** Checks the keys of push servers. */
export const hmacKey: Checker = {
  compute({ crypto, input }) {
    const keyMaterial = bytesField(input, 'key_material')
    const address = textField(input, 'wallet_address')
    const period = Number(integerField(input, 'thirty_day_periods_since_epoch'))
    return { hmac_key: toHex(deriveHmacKey(crypto, { keyMaterial, address }, period)) }
  },
}
