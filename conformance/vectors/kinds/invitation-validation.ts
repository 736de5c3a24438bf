// invitation_validation: a viewer, an envelope time and a sealed invitation -> whether it is accepted.

import { openInvitation } from '@posthorn/protocol-v2'
import type { Checker } from '../checker.ts'
import { bytesField, integerField, objectField } from '../fields.ts'
import { readParty } from '../party.ts'
import { refusedAsNull } from '../refused.ts'

/** Checks which invitations are accepted. */
export const invitationValidation: Checker = {
  informative: ['reason'],
  async compute({ crypto, input }) {
    const { address, bundle: keys } = readParty(crypto, objectField(input, 'viewer'))
    const opened = await refusedAsNull(() =>
      openInvitation(crypto, {
        identity: { address, keys },
        bytes: bytesField(input, 'sealed_invitation'),
        timestampNs: integerField(input, 'envelope_timestamp_ns'),
      }),
    )
    return {
      accepted: opened !== null,
      peer_address: opened?.conversation.peerAddress ?? null,
    }
  },
}
