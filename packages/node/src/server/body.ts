// Request bodies, bounded one by one and all together.

import { TransportError } from '@posthorn/errors'
import { clientGone } from '../api/failure.ts'
import { messageTooLarge } from '../grpc/frame.ts'
import type { Exchange } from './exchange.ts'

/** How much request data the node holds at a time. */
export type BodyBudget = {
  /** False when there is no room. */
  take(lengthBytes: number): boolean
  give(lengthBytes: number): void
}

/** Creates a budget that all requests share. */
export function createBodyBudget(maxBytes: number): BodyBudget {
  let takenBytes = 0
  return {
    take: (lengthBytes) => {
      if (takenBytes + lengthBytes > maxBytes) return false
      takenBytes += lengthBytes
      return true
    },
    give: (lengthBytes) => {
      takenBytes -= lengthBytes
    },
  }
}

/** Bounds of one body. */
export type BodyOptions = {
  readonly maxBytes: number
  readonly budget: BodyBudget
  /** Looks at the first chunk; what it throws refuses the request. */
  readonly checkStart?: ((start: Buffer) => void) | undefined
}

/**
 * The whole body of a request. The budget is given back when the exchange closes.
 *
 * @throws ValidationError `api/message-too-large`; TransportError `transport/overloaded`,
 * `transport/cancelled`
 */
export function readBody(exchange: Exchange, options: BodyOptions): Promise<Buffer> {
  const declared = Number(exchange.headers['content-length'] ?? 0)
  if (declared > options.maxBytes)
    return Promise.reject(messageTooLarge(declared, options.maxBytes))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let lengthBytes = 0
    let isWhole = false
    const { body } = exchange
    const refuse = (error: unknown): void => {
      body.off('data', onData)
      body.pause()
      reject(error)
    }
    const onData = (chunk: Buffer): void => {
      try {
        if (!options.budget.take(chunk.length)) throw overloaded()
        lengthBytes += chunk.length
        chunks.push(chunk)
        if (lengthBytes > options.maxBytes) throw messageTooLarge(lengthBytes, options.maxBytes)
        if (chunks.length === 1) options.checkStart?.(chunk)
      } catch (error) {
        refuse(error)
      }
    }
    body.on('data', onData)
    body.once('end', () => {
      isWhole = true
      const [only] = chunks
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks))
    })
    body.once('error', () => reject(clientGone()))
    exchange.onClose(() => {
      options.budget.give(lengthBytes)
      // Errors cost their stack, and every exchange closes.
      if (!isWhole) reject(clientGone())
    })
  })
}

function overloaded(): TransportError {
  return new TransportError(
    'transport/overloaded',
    'Read request: the node holds as much request data as it may, try again',
    { retryAfterMs: 1_000 },
  )
}
