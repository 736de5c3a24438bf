import type { Conversation } from '@posthorn/client'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { conversationDocument } from '../message-view.ts'
import { formatMoment } from '../moment.ts'
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
  const lines = all.map((conversation) => line(conversation, output.style))
  output.result(all.map(conversationDocument), lines.join('\n'))
  if (all.length === 0) output.note(`None yet. Begin one: ${context.program} send <address> <text>`)
  return undefined
}

function line({ createdAt, peerAddress, context }: Conversation, style: Style): string {
  const id = context?.conversationId ?? ''
  const row = `${style.dim(formatMoment(createdAt))}  ${peerAddress}`
  return id === '' ? row : `${row}  ${style.accent(printable(id))}`
}
