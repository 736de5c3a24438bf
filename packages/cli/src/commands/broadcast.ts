import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type AnnouncementResult, broadcast } from '@posthorn/client/announce'
import { UsageError } from '@posthorn/errors'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../failure.ts'
import { openFileJournal } from '../file-journal.ts'
import { listenForInterruption } from '../interruption.ts'
import { openClient } from '../open-client.ts'
import { parseCount } from '../parse-count.ts'
import { printable } from '../printable.ts'

type BroadcastOptions = {
  readonly to: string
  readonly journal?: string | undefined
  readonly perSecond?: string | undefined
  readonly conversationId?: string | undefined
  readonly tryAgain?: boolean | undefined
  readonly keep?: boolean | undefined
}

type Letter = BroadcastOptions & { readonly text: string }

type Counts = Map<AnnouncementResult['outcome']['kind'], number>

/** `posthorn broadcast`: sends one text to many, and goes on where it was when it is run again. */
export const declareBroadcast: DeclareCommand = (command, run) => {
  command
    .argument('<text>', 'what to write')
    .requiredOption('--to <file>', 'addresses, one a line; - for standard input')
    .option('--journal <file>', 'where to note how far it is; default: FILE.journal beside --to')
    .option('--per-second <n>', 'recipients a second; default: as many as the node takes')
    .option('--conversation-id <id>', 'a conversation of this name with everybody')
    .option('--try-again', 'write again to who had not joined, or was refused')
    .option('--keep', 'keep the message for who has not joined; posthorn deliver brings it later')
    .action((text: string, options: BroadcastOptions) =>
      run((context) => send(context, { ...options, text })),
    )
}

async function send(context: Context, letter: Letter): Promise<number> {
  const { text, conversationId, perSecond } = letter
  if (text === '') throw new UsageError('cli/no-text', 'Send message: found no text')
  const rate = perSecond === undefined ? undefined : parseCount(perSecond)
  const recipients = await readAddresses(context, letter.to)
  using interruption = listenForInterruption()
  await using journal = await openFileJournal(letter.journal ?? journalBeside(letter.to))
  await using client = await openClient(context)
  const counts: Counts = new Map()
  const results = broadcast(client, {
    recipients,
    content: text,
    conversationId,
    journal,
    perSecond: rate,
    isKeptForUnregistered: letter.keep,
    tryAgain: letter.tryAgain ? ['not-registered', 'refused'] : [],
    signal: interruption.signal,
  })
  for await (const result of results) show(context, counts, result)
  const { output } = context
  if (!output.isJson) output.result({}, summary(counts))
  const isDone = [...counts.keys()].every((kind) => kind === 'sent' || kind === 'queued')
  return isDone ? exitCodes.ok : exitCodes.failure
}

function show({ output }: Context, counts: Counts, result: AnnouncementResult): void {
  const { address, outcome, isEarlier, settledCount, totalCount } = result
  counts.set(outcome.kind, (counts.get(outcome.kind) ?? 0) + 1)
  if (settledCount % 1_000 === 0) output.note(`${settledCount} of ${totalCount}`)
  const { bad } = output.style
  const reason = outcome.kind === 'refused' ? `  ${printable(outcome.reason)}` : ''
  const isNews = outcome.kind !== 'sent' && !isEarlier
  const line = isNews ? `${bad(outcome.kind)}  ${printable(address)}${reason}` : ''
  output.result({ address, ...outcome, isEarlier, settledCount, totalCount }, line)
}

function summary(counts: Counts): string {
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ') || 'nobody to write to'
}

function journalBeside(path: string): string {
  if (path !== '-') return `${path}.journal`
  throw new UsageError(
    'cli/no-journal',
    'Broadcast: addresses come from standard input, wanted --journal with them',
  )
}

// Blank lines and what follows # are for people.
async function readAddresses({ stdin }: Context, path: string): Promise<readonly string[]> {
  const input = path === '-' ? stdin : createReadStream(path)
  const addresses: string[] = []
  try {
    for await (const line of createInterface({ input })) {
      const address = line.replace(/#.*$/, '').trim()
      if (address !== '') addresses.push(address)
    }
  } catch (cause) {
    throw new UsageError('cli/no-addresses', 'Read addresses: the file cannot be read', { cause })
  }
  return addresses
}
