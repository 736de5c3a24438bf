// Small helpers of the checks.

import type { Message } from '../../packages/client/src/index.ts'

/** The first `count` items of a stream that `accept` takes; other items are passed over. */
export async function take<T>(
  stream: AsyncIterable<T>,
  count: number,
  accept: (item: T) => boolean = () => true,
): Promise<T[]> {
  const taken: T[] = []
  for await (const item of stream) {
    if (accept(item)) taken.push(item)
    if (taken.length === count) break
  }
  return taken
}

/** Contents of our messages, in order; undecodable items show as their code. */
export function contentsOf(messages: readonly Message[]): unknown[] {
  return messages.map((message) => (message.kind === 'message' ? message.content : message.code))
}

/** Everything of an async iterable. */
export async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = []
  for await (const item of items) gathered.push(item)
  return gathered
}
