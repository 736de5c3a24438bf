// Request bodies, bounded one by one and all together.

import { TransportError } from '@posthorn/errors'
import { clientGone } from '../api/failure.ts'
import type { Clock } from '../clock.ts'
import { messageTooLarge } from '../grpc/frame.ts'
import { type BodyBudget, roomIn } from './body-budget.ts'
import { BodyBytes } from './body-bytes.ts'
import type { Exchange } from './exchange.ts'
import type { Turnstile } from './turnstile.ts'

/** What request bodies are read with. */
export type BodyContext = {
  readonly clock: Clock
  readonly budget: BodyBudget
  /** Lets large requests in one a turn: each takes a while to put together and to read. */
  readonly largeBodies: Turnstile
}

/** Bounds of one body. */
export type BodyOptions = {
  readonly maxBytes: number
  /** How long its room in the budget is taken: a stream does not need its request once it runs. */
  readonly keptUntil: 'whole' | 'closed'
  /** The length that the first chunk announces; what it throws refuses the request, as for the next. */
  readonly lengthOf?: ((start: Buffer) => number) | undefined
  /** Looks at the first MiB of a large body, and again whenever there is twice as much of it. */
  readonly check?: ((start: Buffer) => void) | undefined
}

const largeBytes = 1_048_576
const bodyTimeoutMs = 60_000

/**
 * The whole body of a request.
 *
 * @throws ValidationError `api/message-too-large`; TransportError `transport/overloaded`,
 * `transport/slow-request`, `transport/cancelled`
 */
export function readBody(
  exchange: Exchange,
  { clock, budget, largeBodies }: BodyContext,
  options: BodyOptions,
): Promise<Buffer> {
  const declared = Number(exchange.headers['content-length'] ?? 0)
  if (declared > options.maxBytes)
    return Promise.reject(messageTooLarge(declared, options.maxBytes))
  return new Promise((resolve, reject) => {
    const bytes = new BodyBytes()
    const room = roomIn(budget)
    let expectedBytes = declared
    const { body } = exchange
    const refuse = (error: unknown): void => {
      timer.cancel()
      body.off('data', onData)
      body.pause()
      room.giveBack()
      bytes.drop()
      reject(error)
    }
    const timer = clock.after(bodyTimeoutMs, () => refuse(slowRequest()))
    const onData = (chunk: Buffer): void => {
      try {
        room.take(chunk.length)
        const { takenBytes } = room
        if (takenBytes > options.maxBytes) throw messageTooLarge(takenBytes, options.maxBytes)
        if (takenBytes === chunk.length) expectedBytes = options.lengthOf?.(chunk) ?? declared
        const start = bytes.append(chunk, expectedBytes)
        if (start !== undefined) options.check?.(start)
      } catch (error) {
        refuse(error)
      }
    }
    const onError = (): void => reject(clientGone())
    const onClose = (): void => {
      timer.cancel()
      room.giveBack()
      // Errors cost their stack, and every exchange closes.
      if (!body.readableEnded) reject(clientGone())
    }
    body.on('data', onData)
    body.once('end', () => {
      timer.cancel()
      body.off('data', onData)
      body.off('error', onError)
      const isLarge = room.takenBytes >= largeBytes
      const finish = (): void => {
        if (options.keptUntil === 'whole') {
          room.giveBack()
          // A stream may wait for days, and needs nothing of this any more.
          exchange.offClose(onClose)
        }
        resolve(bytes.take())
      }
      if (isLarge) largeBodies.enter(exchange, finish)
      else finish()
    })
    body.on('error', onError)
    exchange.onClose(onClose)
  })
}

function slowRequest(): TransportError {
  return new TransportError(
    'transport/slow-request',
    `Read request: it did not come whole within ${bodyTimeoutMs / 1_000} seconds`,
  )
}
