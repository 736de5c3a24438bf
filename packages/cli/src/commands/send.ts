import { openEscrow } from '@posthorn/client/escrow'
import { UsageError } from '@posthorn/errors'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { messageDocument } from '../message-view.ts'
import type { NameOf } from '../names/name-tags.ts'
import { readRecipient } from '../names/recipient.ts'
import { openClient } from '../open-client.ts'
import { printable } from '../printable.ts'
import { readStdin } from '../read-stdin.ts'

type SendOptions = {
  readonly conversationId?: string | undefined
  readonly keep?: boolean | undefined
}

type Letter = SendOptions & { readonly address: string; readonly text: string | undefined }

// A node takes no larger message.
const maxTextBytes = 1_000_000

/** `posthorn send`: sends a text and prints the id of the message. */
export const declareSend: DeclareCommand = (command, run) => {
  command
    .argument('<address|name>', 'whom to write to')
    .argument('[text]', 'what to write; without it, or with -, standard input is read')
    .option('--conversation-id <id>', 'keeps several conversations with one address apart')
    .option('--keep', 'keep the message if they have not joined; posthorn deliver brings it later')
    .action((address: string, text: string | undefined, options: SendOptions) =>
      run((context) => send(context, { ...options, address, text })),
    )
}

async function send(context: Context, letter: Letter): Promise<undefined> {
  const { conversationId } = letter
  const { output } = context
  const text = await textOf(context, letter.text)
  const { address, name } = await readRecipient(context, letter.address)
  await using client = await openClient(context)
  if (letter.keep && !(await output.waiting('Asking', client.canMessage(address)))) {
    const kept = await openEscrow(client).send(address, text, { conversationId })
    const id = kept.kind === 'queued' ? kept.depositId : kept.message.id
    output.result({ kind: kept.kind, id }, `${output.style.careful(kept.kind)} ${id}`)
    return undefined
  }
  const conversation = await output.waiting(
    'Finding the conversation',
    client.newConversation(address, { conversationId }),
  )
  const message = await output.waiting('Sending', conversation.send(text))
  const to = name === undefined ? '' : `  to ${printable(name)} (${address})`
  const nameOf: NameOf = (each) => (each === address ? name : undefined)
  const line = `${output.style.good('sent')} ${message.id}${to}`
  output.result(messageDocument(message, nameOf), line)
  return undefined
}

async function textOf({ stdin, output }: Context, given: string | undefined): Promise<string> {
  if (given !== undefined && given !== '-') return checked(given)
  if (stdin.isTTY) output.note('Type the message; end it with Ctrl-D on a line of its own.')
  return checked((await readStdin(stdin, maxTextBytes)).replace(/\r?\n$/, ''))
}

function checked(text: string): string {
  if (text !== '') return text
  throw new UsageError('cli/no-text', 'Send message: found no text')
}
