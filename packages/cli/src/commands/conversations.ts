import type { Conversation } from '@posthorn/client'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { conversationDocument } from '../message-view.ts'
import { formatMoment } from '../moment.ts'
import { createNameTags, type NameOf } from '../names/name-tags.ts'
import { openClient } from '../open-client.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'

/** `posthorn conversations`: one line per conversation, oldest first. */
export const declareConversations: DeclareCommand = (command, run) => {
  command.action(() => run(conversations))
}

async function conversations(context: Context): Promise<undefined> {
  const { output } = context
  await using client = await openClient(context)
  const all = await output.waiting('Reading conversations', client.conversations())
  const tags = createNameTags(context)
  const peers = all.map(({ peerAddress }) => peerAddress)
  const nameOf = await output.waiting('Looking up names', tags.of(peers))
  const lines = all.map((conversation) =>
    line(conversation, output.style, tags.isOn ? nameOf : undefined),
  )
  output.result(
    all.map((each) => conversationDocument(each, nameOf)),
    lines.join('\n'),
  )
  if (all.length === 0) output.note(`None yet. Begin one: ${context.program} send <address> <text>`)
  return undefined
}

// The id is a stranger's text: where names are shown they have a place of their own, so that it cannot pass for one.
function line(conversation: Conversation, style: Style, nameOf: NameOf | undefined): string {
  const { createdAt, peerAddress, context } = conversation
  const id = context?.conversationId ?? ''
  const name = nameOf === undefined ? '' : `  ${printable(nameOf(peerAddress) ?? '-')}`
  const row = `${style.dim(formatMoment(createdAt))}  ${peerAddress}${name}`
  return id === '' ? row : `${row}  ${style.accent(printable(id))}`
}
