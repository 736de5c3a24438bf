// cache_format: an account and an invitation -> how published clients cache the conversation.

import { toHex } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { CodecError } from '@posthorn/errors'
import { keyBundleFromWireV2, verifyKeyBundle } from '@posthorn/identity'
import {
  cacheKey,
  decodeConversations,
  encodeConversations,
  encodeRevision,
  revisionKey,
} from '@posthorn/protocol-v2'
import { decode, SealedInvitation, SealedInvitationHeaderV1 } from '@posthorn/wire'
import type { Checker } from '../checker.ts'
import { bytesField, textField } from '../fields.ts'

/**
 * Checks the cache. The input has no private key, so the conversation's topic and key are those that the
 * expected cache reads as; time and peer come from the invitation.
 */
export const cacheFormat: Checker = {
  compute({ crypto, input, expect }) {
    const address = textField(input, 'wallet_address')
    const [cached, ...others] = decodeConversations(bytesField(expect, 'topic_map'), address)
    if (cached?.version !== 'v2' || others.length > 0) {
      throw new CodecError('vectors/bad-field', 'Read field topic_map: wanted one V2 conversation')
    }
    const header = readHeader(crypto, bytesField(input, 'sealed_invitation'), address)
    const key = cacheKey({ env: textField(input, 'env'), address }, 'invitations/v1')
    return {
      storage_key: key,
      topic_map: toHex(encodeConversations([{ ...cached, ...header }])),
      revision_key: revisionKey(key),
      revision: toHex(encodeRevision(1)),
    }
  },
}

function readHeader(
  crypto: Crypto,
  bytes: Uint8Array,
  address: string,
): { readonly createdNs: bigint; readonly peerAddress: string } {
  const headerBytes = decode(SealedInvitation, bytes, 'SealedInvitation').version?.value.headerBytes
  const wire = headerBytes ?? new Uint8Array(0)
  const header = decode(SealedInvitationHeaderV1, wire, 'SealedInvitationHeaderV1')
  const [sender, recipient] = [header.sender, header.recipient].map((bundle) =>
    verifyKeyBundle(crypto, keyBundleFromWireV2(bundle)),
  )
  const peerAddress = sender === address ? recipient : sender
  return { createdNs: header.createdNs, peerAddress: peerAddress ?? '' }
}
