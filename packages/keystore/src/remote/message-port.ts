// The port between a keystore and those who use it: a MessagePort of a browser or of Node, a Worker, or
// anything that sends values by structured clone.

import { UsageError } from '@posthorn/errors'

/** What both ends need of a port. */
export type MessagePortLike = {
  postMessage(message: unknown): void
  addEventListener(type: 'message' | 'close', listener: (event: object) => void): void
  removeEventListener(type: 'message' | 'close', listener: (event: object) => void): void
  /** Ports that wait for it begin to deliver. */
  start?(): void
}

/** A message that one end sends the other. */
export type PortMessage =
  | { readonly kind: 'hello'; readonly id: number }
  | {
      readonly kind: 'call'
      readonly id: number
      readonly service: unknown
      readonly input: unknown
    }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: unknown }
  | { readonly kind: 'bye' }

/** One end of a port. */
export type PortEnd = {
  send(message: PortMessage): void
  /** Takes no more messages, and leaves the port to its owner. */
  stop(): void
}

/** Whoever listens at an end. */
export type PortListener = {
  onMessage(message: PortMessage): void
  /** The port is closed; some kinds of ports tell. */
  onClosed(): void
}

// Tells our messages from others that go the same way, and this form of them from later ones.
const protocol = 'posthorn-keystore/1'

/** Takes an end of a port. Messages that are not ours are left to others. */
export function listen(port: MessagePortLike, { onMessage, onClosed }: PortListener): PortEnd {
  const onEvent = (event: { readonly data?: unknown }): void => {
    const message = messageOf(event.data)
    if (message !== undefined) onMessage(message)
  }
  port.addEventListener('message', onEvent)
  port.addEventListener('close', onClosed)
  port.start?.()
  return {
    send: (message) => {
      try {
        port.postMessage({ protocol, ...(detached(message) as PortMessage) })
      } catch (cause) {
        const problem = 'Send to keystore: found a value that cannot be sent, wanted plain data'
        throw new UsageError('keystore/not-sendable', problem, { cause })
      }
    },
    stop: () => {
      port.removeEventListener('message', onEvent)
      port.removeEventListener('close', onClosed)
    },
  }
}

function messageOf(data: unknown): PortMessage | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const message = data as { readonly protocol?: unknown; readonly id?: unknown } & PortMessage
  if (message.protocol !== protocol) return undefined
  return message.kind === 'bye' || Number.isSafeInteger(message.id) ? message : undefined
}

// Sent as it is, a view would bring along all of the memory behind it, whatever else lies there.
function detached(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (Array.isArray(value)) return value.map(detached)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, detached(each)]))
}
