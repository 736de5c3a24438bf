// Large answers: they hold room that all answers share, and are written no faster than they are read.

import { TransportError } from '@posthorn/errors'
import { drainedInTime } from './call-stream.ts'
import type { Exchange } from './exchange.ts'
import type { ServeContext } from './serve-context.ts'

// Smaller answers fit the buffers of a connection and are not worth counting.
const smallBytes = 65_536
const chunkBytes = 262_144

/**
 * Takes room for what an answer is made of, until the exchange closes.
 *
 * @throws TransportError `transport/overloaded`
 */
export function holdAnswer(exchange: Exchange, lengthBytes: number, context: ServeContext): void {
  if (lengthBytes <= smallBytes) return
  if (!context.answers.take(lengthBytes, 0)) throw overloaded()
  const known = held.get(exchange)
  if (known !== undefined) {
    known.lengthBytes += lengthBytes
    return
  }
  const answer = { lengthBytes }
  held.set(exchange, answer)
  exchange.onClose(() => {
    held.delete(exchange)
    context.answers.give(answer.lengthBytes)
  })
}

// An answer of many pages is held page by page; one listener gives all of it back.
const held = new WeakMap<Exchange, { lengthBytes: number }>()

/** Whether an answer is to be written by {@link writeInTime}. */
export function isLarge(body: Uint8Array): boolean {
  return body.length > smallBytes
}

/** Writes a body in parts. A client that leaves a part unread for too long is cut off. */
export async function writeInTime(
  exchange: Exchange,
  body: Uint8Array,
  context: ServeContext,
): Promise<void> {
  let isOver = false
  exchange.onClose(() => {
    isOver = true
  })
  for (let at = 0; at < body.length && !isOver; at += chunkBytes) {
    const isRoom = exchange.write(body.subarray(at, at + chunkBytes))
    if (!isRoom) await drainedInTime(exchange, context)
  }
}

function overloaded(): TransportError {
  return new TransportError(
    'transport/overloaded',
    'Answer: the node holds as many answers as it may, try again',
    { retryAfterMs: 1_000 },
  )
}
