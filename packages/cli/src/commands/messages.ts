import type { Client, Conversation, Message } from '@posthorn/client'
import { NotFoundError } from '@posthorn/errors'
import { Option } from 'commander'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { accountsOf, messageDocument, messageLine } from '../message-view.ts'
import { parseMoment } from '../moment.ts'
import { createNameTags } from '../names/name-tags.ts'
import { readRecipient } from '../names/recipient.ts'
import { openClient } from '../open-client.ts'
import { parseCount } from '../parse-count.ts'

type MessagesOptions = {
  readonly conversationId?: string | undefined
  readonly limit?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly direction: 'ascending' | 'descending'
}

type Range = {
  readonly start: Date | undefined
  readonly end: Date | undefined
  readonly limit: number | undefined
}

/** `posthorn messages`: the newest messages of a peer or a topic, oldest of them first. */
export const declareMessages: DeclareCommand = (command, run) => {
  command
    .argument('<address|name|topic>', 'whose messages; a topic names one conversation')
    .option('--conversation-id <id>', 'only the conversation with this id')
    .option('--limit <n>', 'only the newest n')
    .option(
      '--since <time>',
      'from then on: 2026-11-22, 2026-11-22T14:03:00Z, or an age: 15m, 2h, 3d',
    )
    .option('--until <time>', 'up to then')
    .addOption(
      new Option('--direction <order>', 'ascending prints the newest last')
        .choices(['ascending', 'descending'])
        .default('ascending'),
    )
    .action((place: string, options: MessagesOptions) =>
      run((context) => messages(context, place, options)),
    )
}

async function messages(
  context: Context,
  place: string,
  options: MessagesOptions,
): Promise<undefined> {
  const { output } = context
  const range = rangeOf(options, context.now())
  const isAt = await placeTest(context, place, options.conversationId)
  await using client = await openClient(context)
  const found = await output.waiting('Reading messages', newest(client, isAt, range))
  if (options.direction === 'ascending') found.reverse()
  const asked = createNameTags(context).of(found.flatMap(accountsOf))
  const nameOf = await output.waiting('Looking up names', asked)
  const lineOptions = { style: output.style, ownAddress: client.address, isMixed: false, nameOf }
  const lines = found.map((message) => messageLine(message, lineOptions))
  output.result(
    found.map((message) => messageDocument(message, nameOf)),
    lines.join('\n'),
  )
  return undefined
}

function rangeOf({ since, until, limit }: MessagesOptions, now: Date): Range {
  return {
    start: since === undefined ? undefined : parseMoment(since, now),
    end: until === undefined ? undefined : parseMoment(until, now),
    limit: limit === undefined ? undefined : parseCount(limit),
  }
}

type PlaceTest = (conversation: Conversation) => boolean

async function placeTest(
  context: Context,
  place: string,
  conversationId: string | undefined,
): Promise<PlaceTest> {
  if (place.startsWith('/')) return ({ topic }) => topic === place
  const { address } = await readRecipient(context, place)
  return ({ peerAddress, context: its }) =>
    peerAddress === address &&
    (conversationId === undefined || (its?.conversationId ?? '') === conversationId)
}

// Newest first.
async function newest(client: Client, isAt: PlaceTest, range: Range): Promise<Message[]> {
  const conversations = (await client.conversations()).filter(isAt)
  if (conversations.length === 0) {
    throw new NotFoundError(
      'cli/unknown-conversation',
      'Read messages: there is no such conversation',
    )
  }
  const { start, end, limit } = range
  const options = {
    start,
    end,
    direction: 'descending',
    ...(limit === undefined ? {} : { limit }),
  } as const
  const lists = await Promise.all(conversations.map((each) => each.messages(options)))
  const merged = lists
    .flat()
    .sort((a, b) => (a.sentNs < b.sentNs ? 1 : a.sentNs > b.sentNs ? -1 : 0))
  return merged.slice(0, limit)
}
