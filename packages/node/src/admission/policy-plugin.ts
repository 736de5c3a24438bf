// The operator's own rules: a program or a module that is asked about each publish.

import { type Envelope, type TopicCategory, topicCategory } from '@posthorn/envelope'
import { ValidationError } from '@posthorn/errors'
import type { AdmissionRequest } from '@posthorn/postage'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'

/** What a policy is told of a publish: never what the envelopes hold. */
export type PolicyRequest = {
  readonly kind: 'publish'
  /** EIP-55; null when the node asks for no token. */
  readonly account: string | null
  /** IP address of the client. */
  readonly address: string | null
  readonly envelopes: readonly PolicyEnvelope[]
}

/** What a policy is told of an envelope. */
export type PolicyEnvelope = {
  readonly topic: string
  readonly class: TopicCategory
  /** Length of the message. */
  readonly bytes: number
}

/** What a policy says. */
export type PolicyAnswer =
  | { readonly decision: 'accept' }
  /** `reason` is shown to the client. */
  | { readonly decision: 'refuse'; readonly reason: string }

/** A policy, wherever it runs. */
export type PolicyPlugin = AsyncDisposable & {
  /** Rejects when there is no answer; that need not be soon. */
  ask(request: PolicyRequest): Promise<PolicyAnswer>
}

/** What a policy needs of the node. */
export type PolicyParts = {
  readonly clock: Clock
  readonly log: Logger
}

const maxReasonChars = 200

/** What to tell a policy of a publish. */
export function policyRequestOf({
  envelopes,
  address,
  remoteAddress,
}: AdmissionRequest): PolicyRequest {
  return {
    kind: 'publish',
    account: address ?? null,
    address: remoteAddress ?? null,
    envelopes: envelopes.map(policyEnvelopeOf),
  }
}

/**
 * The answer that a value of a policy means.
 *
 * @throws ValidationError `policy/bad-answer`
 */
export function readPolicyAnswer(value: unknown): PolicyAnswer {
  const fields: { readonly decision?: unknown; readonly reason?: unknown } =
    typeof value === 'object' && value !== null ? value : {}
  if (fields.decision === 'accept') return { decision: 'accept' }
  if (fields.decision === 'refuse') return { decision: 'refuse', reason: readReason(fields.reason) }
  throw new ValidationError(
    'policy/bad-answer',
    'Read answer of policy: found another value, wanted decision as accept or refuse',
  )
}

function policyEnvelopeOf({ contentTopic, message }: Envelope): PolicyEnvelope {
  return { topic: contentTopic, class: topicCategory(contentTopic), bytes: message.length }
}

function readReason(reason: unknown): string {
  const text = typeof reason === 'string' ? reason : ''
  const shown = text.replace(/\p{C}/gu, ' ').slice(0, maxReasonChars).trim()
  return shown === '' ? 'it breaks a rule of the node' : shown
}
