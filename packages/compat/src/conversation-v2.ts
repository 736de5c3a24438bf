// Conversations of the second generation: with a topic and a key of their own, begun by an invitation.

import type { Client } from './client.ts'
import type { ConsentProofPayload } from './consent-proof.ts'
import type { Conversation, InvitationContext } from './conversation.ts'
import { ConversationBase } from './conversation-base.ts'

/** A V2 conversation. */
export class ConversationV2<ContentTypes>
  extends ConversationBase<ContentTypes>
  implements Conversation<ContentTypes>
{
  readonly conversationVersion = 'v2'
  readonly context: InvitationContext | undefined
  readonly consentProof: ConsentProofPayload | undefined

  // The six parameters are those of the published API.
  constructor(
    client: Client<ContentTypes>,
    topic: string,
    peerAddress: string,
    createdAt: Date,
    context?: InvitationContext,
    consentProof?: ConsentProofPayload,
  ) {
    super(client, topic, peerAddress, createdAt)
    this.context = context
    this.consentProof = consentProof
  }

  get consentProofPayload(): ConsentProofPayload | undefined {
    return this.consentProof
  }
}
