import type { StreamState } from '@posthorn/client'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { listenForInterruption } from '../interruption.ts'
import { accountsOf, messageDocument, messageLine } from '../message-view.ts'
import { createNameTags } from '../names/name-tags.ts'
import { readRecipient } from '../names/recipient.ts'
import { openClient } from '../open-client.ts'
import { parseCount } from '../parse-count.ts'
import { printable } from '../printable.ts'

type StreamOptions = { readonly limit?: string | undefined }

/** `posthorn stream`: prints messages as they arrive, until Ctrl-C. */
export const declareStream: DeclareCommand = (command, run) => {
  command
    .argument('[address|name]', 'only messages with this account')
    .option('--limit <n>', 'end after n messages')
    .action((address: string | undefined, options: StreamOptions) =>
      run((context) => stream(context, address, options)),
    )
}

async function stream(
  context: Context,
  address: string | undefined,
  options: StreamOptions,
): Promise<undefined> {
  const { output } = context
  const limit = options.limit === undefined ? Number.POSITIVE_INFINITY : parseCount(options.limit)
  const peer = address === undefined ? undefined : (await readRecipient(context, address)).address
  using interruption = listenForInterruption()
  await using client = await openClient(context)
  const { signal } = interruption
  const messages = await output.waiting(
    'Opening the stream',
    client.streamAllMessages({ signal, onStateChange: (state) => output.note(stateText(state)) }),
  )
  const lineOptions = { style: output.style, ownAddress: client.address, isMixed: true }
  const tags = createNameTags(context)
  let count = 0
  for await (const message of messages) {
    if (peer !== undefined && message.conversation.peerAddress !== peer) continue
    const nameOf = await tags.of(accountsOf(message))
    const line = messageLine(message, { ...lineOptions, nameOf })
    output.result(messageDocument(message, nameOf), line)
    count += 1
    if (count >= limit) break
  }
  return undefined
}

function stateText(state: StreamState): string {
  if (state.kind === 'live') return 'Listening; Ctrl-C ends it.'
  const seconds = Math.max(1, Math.round(state.delayMs / 1000))
  return `Disconnected, trying again in ${seconds} s: ${printable(state.reason)}`
}
