// The stored messages of one conversation.

import { maxQueryRows } from '@posthorn/envelope'
import { UsageError } from '@posthorn/errors'
import type { ClientContext } from './context.ts'
import type { Message, MessagesOptions } from './conversation.ts'
import { nsPerMs, timeOf } from './dates.ts'
import { readPages } from './history.ts'
import { type ConversationView, readMessage } from './read-message.ts'

/** Pages of stored messages. @throws UsageError `conversation/bad-count`, `conversation/bad-date` */
export async function* readMessagePages(
  context: ClientContext,
  view: ConversationView,
  options: MessagesOptions,
): AsyncGenerator<readonly Message[]> {
  const { start, end, pageSize, ...rest } = options
  if (pageSize !== undefined) checkCount('pageSize', pageSize, maxQueryRows)
  const startNs = start === undefined ? undefined : timeOf(start)
  // A Date stands for a whole millisecond.
  const endNs = end === undefined ? undefined : timeOf(end) + nsPerMs - 1n
  const range = { ...rest, topics: [view.data.topic], startNs, endNs, pageSize }
  const copyKeys = new Set<string>()
  for await (const page of readPages(context.transport, range)) {
    const read = await Promise.all(page.map((each) => readMessage(context, view, each)))
    const messages = read
      .filter(({ copyKey }) => !copyKeys.has(copyKey) && copyKeys.add(copyKey))
      .map(({ message }) => message)
    yield messages
  }
}

/** Stored messages, at most `limit`. @throws UsageError `conversation/bad-count`, `conversation/bad-date` */
export async function readMessages(
  context: ClientContext,
  view: ConversationView,
  options: MessagesOptions & { readonly limit?: number | undefined },
): Promise<Message[]> {
  const { limit, ...rest } = options
  if (limit !== undefined) checkCount('limit', limit, Number.MAX_SAFE_INTEGER)
  const pageSize = rest.pageSize ?? Math.min(limit ?? maxQueryRows, maxQueryRows)
  const all: Message[] = []
  for await (const page of readMessagePages(context, view, { ...rest, pageSize })) {
    all.push(...page)
    if (limit !== undefined && all.length >= limit) break
  }
  return all.slice(0, limit)
}

function checkCount(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return
  throw new UsageError(
    'conversation/bad-count',
    `Read messages: ${name} is ${value}, wanted an integer from 1 to ${max}`,
  )
}
