// The end of a port where the keys are.

import { AdmissionError, UsageError } from '@posthorn/errors'
import { encodeKeyBundleV2 } from '@posthorn/identity'
import type { Keystore } from '@posthorn/protocol-v2'
import { errorFields } from './error-fields.ts'
import { listen, type MessagePortLike, type PortMessage } from './message-port.ts'
import { type ServiceName, serviceOf } from './services.ts'
import { badRequest } from './shape.ts'

/** A call that others ask for. */
export type KeystoreRequest = {
  readonly service: ServiceName
  /** What it is given; checked, and shared with nobody. */
  readonly input: unknown
}

/** Options of {@link serveKeystore}. */
export type ServeKeystoreOptions = {
  /** Whether to serve a request, for instance after asking the user; default: all. */
  readonly allow?: ((request: KeystoreRequest) => boolean | Promise<boolean>) | undefined
}

/** A keystore that serves. Disposal ends the connection and leaves the keystore open. */
export type KeystoreServer = AsyncDisposable

const maxCalls = 1_000

/**
 * Lets whoever holds the other end of a port seal, open and sign with a keystore. The private keys do not
 * leave: asking for them is refused, whatever `allow` says.
 */
export function serveKeystore(
  keystore: Keystore,
  port: MessagePortLike,
  { allow = () => true }: ServeKeystoreOptions = {},
): KeystoreServer {
  const calls = new Map<number, CallMessage>()

  async function answer({ service: name, input }: CallMessage): Promise<unknown> {
    if (name === 'exportKeyBundle' || name === 'sealKeyBundle') throw notExported()
    const service = serviceOf(name)
    if (service === undefined) throw badRequest('a service of keystores')
    const call = service.of(input)
    if (!(await allow({ service: service.name, input: call.input }))) throw notAllowed()
    return call.run(keystore)
  }

  async function replyTo(message: CallMessage): Promise<PortMessage> {
    const { id } = message
    try {
      return { kind: 'result', id, value: await answer(message) }
    } catch (error) {
      return { kind: 'error', id, error: errorFields(error) }
    }
  }

  async function serve(message: CallMessage): Promise<void> {
    const { id } = message
    if (calls.has(id)) return
    if (calls.size >= maxCalls) return end.send({ kind: 'error', id, error: errorFields(busy()) })
    calls.set(id, message)
    const reply = await replyTo(message)
    // Nobody waits for it once the other end has left, and whoever came after it counts from one again.
    if (calls.get(id) !== message) return
    calls.delete(id)
    end.send(reply)
  }

  function greet(id: number): void {
    const value = { address: keystore.address, keyBundle: encodeKeyBundleV2(keystore.keyBundle) }
    end.send({ kind: 'result', id, value })
  }

  function onMessage(message: PortMessage): void {
    if (message.kind === 'hello') greet(message.id)
    if (message.kind === 'call') void serve(message)
    if (message.kind === 'bye') calls.clear()
  }

  const end = listen(port, { onMessage, onClosed: () => calls.clear() })
  return {
    [Symbol.asyncDispose]: async () => {
      calls.clear()
      end.stop()
      end.send({ kind: 'bye' })
    },
  }
}

type CallMessage = Extract<PortMessage, { kind: 'call' }>

function notExported(): UsageError {
  return new UsageError(
    'keystore/not-exported',
    'Export keys: a remote keystore keeps them, export them where it is',
  )
}

function notAllowed(): AdmissionError {
  return new AdmissionError(
    'keystore/not-allowed',
    'Use remote keystore: whoever guards it did not allow this',
  )
}

function busy(): AdmissionError {
  return new AdmissionError(
    'keystore/busy',
    `Use remote keystore: found ${maxCalls} calls at work, wanted fewer`,
  )
}
