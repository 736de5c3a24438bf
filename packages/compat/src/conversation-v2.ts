// Conversations of the second generation: with a topic and a key of their own, begun by an invitation.

import type { ClientFace } from './client-face.ts'
import type { ConsentProofPayload } from './consent-proof.ts'
import type { Conversation, InvitationContext } from './conversation.ts'
import { ConversationBase } from './conversation-base.ts'

/** As the published API has them. */
export type ConversationV2Arguments<ContentTypes> = [
  client: ClientFace<ContentTypes>,
  topic: string,
  peerAddress: string,
  createdAt: Date,
  context?: InvitationContext | undefined,
  consentProof?: ConsentProofPayload | undefined,
]

/** A V2 conversation. */
export class ConversationV2<ContentTypes>
  extends ConversationBase<ContentTypes>
  implements Conversation<ContentTypes>
{
  readonly conversationVersion = 'v2'
  readonly context: InvitationContext | undefined
  readonly consentProof: ConsentProofPayload | undefined

  constructor(...args: ConversationV2Arguments<ContentTypes>) {
    const [client, topic, peerAddress, createdAt, context, consentProof] = args
    super(client, { topic, peerAddress, createdAt })
    this.context = context
    this.consentProof = consentProof
  }

  get consentProofPayload(): ConsentProofPayload | undefined {
    return this.consentProof
  }
}
