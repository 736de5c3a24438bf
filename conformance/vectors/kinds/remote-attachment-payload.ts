// remote_attachment_payload: secret, salt, nonce and payload -> its digest and the content inside.

import { toHex } from '@posthorn/bytes'
import { openAttachment, sealAttachment } from '@posthorn/content'
import type { Checker } from '../checker.ts'
import { bytesField } from '../fields.ts'
import { requireReproduced, withRandomness } from '../reproduce.ts'

/** Checks encrypted files in both directions. */
export const remoteAttachmentPayload: Checker = {
  async compute({ crypto, input }) {
    const secret = bytesField(input, 'secret')
    const salt = bytesField(input, 'salt')
    const nonce = bytesField(input, 'nonce')
    const payload = bytesField(input, 'payload')
    const contentDigest = toHex(crypto.hash.sha256(payload))
    const key = { secret, salt, nonce, contentDigest }
    const content = await openAttachment(crypto, payload, key)
    const sealed = await sealAttachment(withRandomness(crypto, [secret, salt, nonce]), content)
    requireReproduced('payload', sealed.payload, payload)
    return { content_digest: sealed.contentDigest, encoded_content: toHex(content) }
  },
}
