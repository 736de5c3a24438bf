// What every streaming protocol does alike: know when the client has gone or its time is over, and
// write batches no faster than the client reads.

import { clientGone, deadlineExceeded } from '../api/failure.ts'
import type { MessageBatches, StreamMessage } from '../api/method.ts'
import type { Timer } from '../clock.ts'
import type { Exchange } from './exchange.ts'
import { clientAddressOf } from './request-headers.ts'
import type { ServeContext } from './serve-context.ts'

// Small messages that wait together are sent as one chunk.
const joinBelowBytes = 65_536
// For a client that reads how its stream ended.
const lastWordsMs = 250

/**
 * Admits a stream. The signal aborts, with the error as reason, when the exchange closes, the deadline passes
 * or the client is shut out.
 *
 * @throws AdmissionError
 */
export function streamSignal(
  exchange: Exchange,
  timeoutMs: number | undefined,
  context: ServeContext,
): AbortSignal {
  const { clock, reads, departures } = context
  const controller = new AbortController()
  let cut: Timer | undefined
  const admitted = reads.openStream(clientAddressOf(exchange, context), (error) => {
    controller.abort(error)
    cut ??= clock.after(lastWordsMs, () => exchange.destroy())
  })
  const timer =
    timeoutMs === undefined
      ? undefined
      : clock.after(timeoutMs, () => controller.abort(deadlineExceeded()))
  exchange.onClose(() => {
    admitted[Symbol.dispose]()
    timer?.cancel()
    cut?.cancel()
    departures.enter(exchange, () => controller.abort(clientGone()))
  })
  return controller.signal
}

/** The result of `work`, unless the deadline passes first. */
export async function withDeadline<T>(
  work: Promise<T>,
  timeoutMs: number | undefined,
  context: ServeContext,
): Promise<T> {
  if (timeoutMs === undefined) return work
  const deadline = Promise.withResolvers<never>()
  const timer = context.clock.after(timeoutMs, () => deadline.reject(deadlineExceeded()))
  try {
    return await Promise.race([work, deadline.promise])
  } finally {
    timer.cancel()
  }
}

/** Where a stream is written to, and in which form. */
export type StreamSink = {
  readonly exchange: Exchange
  readonly bytesOf: (message: StreamMessage) => Buffer
  readonly signal: AbortSignal
}

/**
 * Writes a stream until it ends.
 *
 * @throws the signal's reason when the client has gone or its deadline passed, and what `batches` throws
 */
export async function pump(
  batches: MessageBatches,
  sink: StreamSink,
  context: ServeContext,
): Promise<void> {
  for await (const batch of batches) {
    for (const chunk of chunksOf(batch, sink.bytesOf)) {
      if (sink.signal.aborted) break
      if (!sink.exchange.write(chunk)) await drainedInTime(sink.exchange, context)
    }
  }
  sink.signal.throwIfAborted()
}

function chunksOf(
  batch: readonly StreamMessage[],
  bytesOf: (message: StreamMessage) => Buffer,
): readonly Buffer[] {
  const buffers = batch.map(bytesOf)
  if (buffers.length === 1) return buffers
  const lengthBytes = buffers.reduce((sum, buffer) => sum + buffer.length, 0)
  return lengthBytes <= joinBelowBytes ? [Buffer.concat(buffers)] : buffers
}

/** Waits until there is room again; a client that reads nothing for too long is cut off. */
export async function drainedInTime(exchange: Exchange, context: ServeContext): Promise<void> {
  const timer = context.clock.after(context.stallMs, () => {
    context.events.streamStalled()
    exchange.destroy()
  })
  await exchange.drained()
  timer.cancel()
}
