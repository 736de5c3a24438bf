// The end of a port where the keys are not.

import { type ProtocolError, TransportError } from '@posthorn/errors'
import { decodeKeyBundleV2, encodeKeyBundleV2 } from '@posthorn/identity'
import type { Keystore } from '@posthorn/protocol-v2'
import { closed } from '../keystore-errors.ts'
import { errorOf } from './error-fields.ts'
import { listen, type MessagePortLike, type PortMessage } from './message-port.ts'

/** Options of {@link connectKeystore}. */
export type ConnectKeystoreOptions = {
  /** Ends the connection; abort it with the worker or frame at the other end, which may go without a word. */
  readonly signal?: AbortSignal | undefined
}

/**
 * A keystore whose keys are at the other end of a port, where `serveKeystore` has been called or will be.
 * `exportKeyBundle` and `sealKeyBundle` reject with UsageError `keystore/not-exported`; what the other end
 * refuses with AdmissionError `keystore/not-allowed`; everything with TransportError `keystore/disconnected`
 * once the other end is gone.
 *
 * @throws TransportError `keystore/disconnected`
 */
export async function connectKeystore(
  port: MessagePortLike,
  { signal }: ConnectKeystoreOptions = {},
): Promise<Keystore> {
  const calls = openCalls(port)
  const onAbort = (): void => calls.end(disconnected())
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  const hello = await calls.ask((id) => ({ kind: 'hello', id }))
  const { address, keyBundle } = hello as { address: string; keyBundle: Uint8Array }
  const close = async (): Promise<void> => {
    signal?.removeEventListener('abort', onAbort)
    calls.end(closed())
  }
  return remoteKeystore({ address, keyBundle: decodeKeyBundleV2(keyBundle) }, calls, close)
}

type Waiting = { resolve(value: unknown): void; reject(error: ProtocolError): void }

/** Calls that wait for their answers. */
type Calls = {
  ask(message: (id: number) => PortMessage): Promise<unknown>
  /** Rejects all that wait, and whatever is asked from now on. */
  end(error: ProtocolError): void
}

function openCalls(port: MessagePortLike): Calls {
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let ended: ProtocolError | undefined

  function onMessage(message: PortMessage): void {
    if (message.kind === 'bye') {
      close(disconnected())
      return
    }
    const call = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.kind === 'result') call?.resolve(message.value)
    if (message.kind === 'error') call?.reject(errorOf(message.error))
  }

  function close(error: ProtocolError): void {
    if (ended !== undefined) return
    ended = error
    portEnd.stop()
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }

  const portEnd = listen(port, { onMessage, onClosed: () => close(disconnected()) })
  return {
    ask: (message) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended)
        lastId += 1
        portEnd.send(message(lastId))
        waiting.set(lastId, { resolve, reject })
      }),
    end: (error) => {
      if (ended === undefined) portEnd.send({ kind: 'bye' })
      close(error)
    },
  }
}

function remoteKeystore(
  face: Pick<Keystore, 'address' | 'keyBundle'>,
  calls: Calls,
  close: () => Promise<void>,
): Keystore {
  // The other end is ours: what it answers has the type that its service has here.
  const call = async <T>(service: keyof Keystore, input: unknown = {}): Promise<T> =>
    (await calls.ask((id) => ({ kind: 'call', id, service, input }))) as T
  return {
    ...face,
    sealMessageV1: (input) => call('sealMessageV1', withWireRecipient(input)),
    openMessageV1: (input) => call('openMessageV1', input),
    sealMessage: ({ conversation, ...rest }) =>
      call('sealMessage', { ...rest, conversation: placeOf(conversation) }),
    openMessage: ({ conversation, bytes }) =>
      call('openMessage', {
        bytes,
        conversation: { ...placeOf(conversation), peerAddress: conversation.peerAddress },
      }),
    createInvitation: (input) => call('createInvitation', withWireRecipient(input)),
    openInvitation: (input) => call('openInvitation', input),
    consentTopic: () => call('consentTopic'),
    sealConsentAction: (action) => call('sealConsentAction', action),
    openConsentAction: (bytes) => call('openConsentAction', bytes),
    privateLogTopic: (name) => call('privateLogTopic', name),
    sealPrivateEntry: (name, bytes) => call('sealPrivateEntry', { name, bytes }),
    openPrivateEntry: (name, bytes) => call('openPrivateEntry', { name, bytes }),
    createAuthToken: (createdNs) => call('createAuthToken', createdNs),
    hmacKeys: (keyMaterial, nowMs) => call('hmacKeys', { keyMaterial, nowMs }),
    sealKeyBundle: () => call('sealKeyBundle'),
    exportKeyBundle: () => call('exportKeyBundle'),
    [Symbol.asyncDispose]: close,
  }
}

// What a conversation holds besides need not travel.
function placeOf({ topic, keyMaterial }: { topic: string; keyMaterial: Uint8Array }) {
  return { topic, keyMaterial }
}

function withWireRecipient<T extends { readonly recipient: Keystore['keyBundle'] }>(input: T) {
  return { ...input, recipient: encodeKeyBundleV2(input.recipient) }
}

function disconnected(): TransportError {
  return new TransportError(
    'keystore/disconnected',
    'Use remote keystore: the other end of its port is gone',
  )
}
