// contact_decode: bytes found on a contact topic -> the version they read as, and the account they lead to.

import { verifyContactBundle } from '@posthorn/identity'
import type { Checker } from '../checker.ts'
import { bytesField } from '../fields.ts'

/** Checks the reading of contact bundles. */
export const contactDecode: Checker = {
  compute({ crypto, input }) {
    const contact = verifyContactBundle(crypto, bytesField(input, 'contact_topic_message'))
    return { decoded_as: contact.version, wallet_address: contact.address }
  },
}
