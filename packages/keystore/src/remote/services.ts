// What a keystore does for others: each service with the shape of what it takes. The private keys are not
// among them, neither open nor sealed: whoever asks for a seal could bring a signature of its own.

import type { Keystore } from '@posthorn/protocol-v2'
import {
  bytes,
  flag,
  keyBundle,
  listOf,
  milliseconds,
  object,
  oneOf,
  optional,
  type Shape,
  text,
  textsByName,
  time,
} from './shape.ts'

/** A service of a keystore that others may be given. */
export type ServiceName = Exclude<
  keyof Keystore,
  'address' | 'keyBundle' | 'sealKeyBundle' | 'exportKeyBundle' | typeof Symbol.asyncDispose
>

/** A call that was understood. */
export type ServiceCall = {
  /** What the service was given, as the shape read it. */
  readonly input: unknown
  run(keystore: Keystore): Promise<unknown>
}

/** Understands a call. @throws ValidationError `keystore/bad-request` */
export type Service = (input: unknown) => ServiceCall

const topicAndKey = { topic: text, keyMaterial: bytes }
const named = object({ name: text, bytes })

const services: Readonly<Record<ServiceName, Service>> = {
  sealMessageV1: service(
    object({
      recipient: keyBundle,
      recipientAddress: text,
      sentNs: time,
      content: bytes,
      isRepeatable: optional(flag),
    }),
    (keystore, input) => keystore.sealMessageV1(input),
  ),
  openMessageV1: service(object({ bytes, topic: optional(text) }), (keystore, input) =>
    keystore.openMessageV1(input),
  ),
  sealMessage: service(
    object({
      conversation: object(topicAndKey),
      content: bytes,
      shouldPush: flag,
      sentNs: time,
      nowNs: optional(time),
      isRepeatable: optional(flag),
    }),
    (keystore, input) => keystore.sealMessage(input),
  ),
  openMessage: service(
    object({ conversation: object({ ...topicAndKey, peerAddress: text }), bytes }),
    (keystore, input) => keystore.openMessage(input),
  ),
  createInvitation: service(
    object({
      recipient: keyBundle,
      createdNs: time,
      context: optional(object({ conversationId: text, metadata: textsByName })),
      consentProof: optional(object({ signature: text, timestampMs: time })),
      isRepeatable: optional(flag),
    }),
    (keystore, input) => keystore.createInvitation(input),
  ),
  openInvitation: service(object({ bytes, timestampNs: time }), (keystore, input) =>
    keystore.openInvitation(input),
  ),
  consentTopic: service(object({}), (keystore) => keystore.consentTopic()),
  sealConsentAction: service(
    object({
      decision: oneOf('allowed', 'denied'),
      subject: oneOf('address', 'groupId', 'inboxId'),
      values: listOf(text),
    }),
    (keystore, action) => keystore.sealConsentAction(action),
  ),
  openConsentAction: service(bytes, (keystore, input) => keystore.openConsentAction(input)),
  privateLogTopic: service(text, (keystore, name) => keystore.privateLogTopic(name)),
  sealPrivateEntry: service(named, (keystore, entry) =>
    keystore.sealPrivateEntry(entry.name, entry.bytes),
  ),
  openPrivateEntry: service(named, (keystore, entry) =>
    keystore.openPrivateEntry(entry.name, entry.bytes),
  ),
  createAuthToken: service(time, (keystore, createdNs) => keystore.createAuthToken(createdNs)),
  hmacKeys: service(object({ keyMaterial: bytes, nowMs: milliseconds }), (keystore, input) =>
    keystore.hmacKeys(input.keyMaterial, input.nowMs),
  ),
}

/** The service of a name, whatever that is. */
export function serviceOf(
  name: unknown,
): { readonly name: ServiceName; readonly of: Service } | undefined {
  if (typeof name !== 'string' || !Object.hasOwn(services, name)) return undefined
  const known = name as ServiceName
  return { name: known, of: services[known] }
}

function service<T>(
  shape: Shape<T>,
  run: (keystore: Keystore, input: T) => Promise<unknown>,
): Service {
  return (given) => {
    const input = shape(given)
    return { input, run: (keystore) => run(keystore, input) }
  }
}
