// Compressed request bodies. A megabyte of gzip can hold a gigabyte: what comes out is bounded while it comes.

import { createGunzip } from 'node:zlib'
import { CodecError } from '@posthorn/errors'
import { messageTooLarge } from '../grpc/frame.ts'
import { type BodyBudget, type Room, roomIn } from './body-budget.ts'
import { BodyBytes } from './body-bytes.ts'
import type { Exchange } from './exchange.ts'

/** Bounds of one inflated message. */
export type InflateOptions = {
  /** What comes out takes room there. */
  readonly budget: BodyBudget
  readonly maxBytes: number
  /** How long its room in the budget is taken. */
  readonly keptUntil: 'whole' | 'closed'
  /** Looks at the start of a message beyond 2 MiB, and again whenever there is twice as much of it. */
  readonly check: (start: Buffer) => void
}

// What clients send is mostly encrypted and does not shrink: more than this is a bomb. Any single message fits.
const smallInflatedBytes = 2_097_152
const maxInflation = 10

/**
 * Inflates what an exchange has brought as gzip, never beyond `maxBytes`, and at no time beyond 2 MiB and ten times
 * of what was read for it.
 *
 * @throws ValidationError `api/message-too-large`; CodecError `api/bad-compression`; TransportError
 * `transport/overloaded`; what `check` throws
 */
export async function inflate(
  exchange: Pick<Exchange, 'onClose'>,
  compressed: Uint8Array,
  options: InflateOptions,
): Promise<Buffer> {
  const room = roomIn(options.budget)
  try {
    const inflated = await inflateInto(room, compressed, options)
    if (options.keptUntil === 'whole') room.giveBack()
    else exchange.onClose(room.giveBack)
    return inflated
  } catch (error) {
    room.giveBack()
    throw asRefusal(error)
  }
}

async function inflateInto(
  room: Room,
  compressed: Uint8Array,
  { maxBytes, check }: InflateOptions,
): Promise<Buffer> {
  const bytes = new BodyBytes()
  const gunzip = createGunzip()
  gunzip.end(compressed)
  try {
    for await (const chunk of gunzip) {
      room.take(chunk.length)
      const grownBytes = Math.max(smallInflatedBytes, gunzip.bytesWritten * maxInflation)
      const roomBytes = Math.min(maxBytes, grownBytes)
      if (room.takenBytes > roomBytes) throw messageTooLarge(room.takenBytes, roomBytes)
      const start = bytes.append(chunk, 0)
      // Less may be the start of a bomb, which is to be called one.
      if (start !== undefined && start.length > smallInflatedBytes) check(start)
    }
  } catch (error) {
    bytes.drop()
    throw error
  }
  return bytes.take()
}

function asRefusal(error: unknown): unknown {
  const isOfZlib = String((error as NodeJS.ErrnoException).code).startsWith('Z_')
  if (!isOfZlib) return error
  return new CodecError('api/bad-compression', 'Inflate request: not gzip, or cut short', {
    cause: error,
  })
}
