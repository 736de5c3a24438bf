import { canMessage as askNode } from '@posthorn/client'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../failure.ts'
import { createNameTags } from '../names/name-tags.ts'
import { readRecipient } from '../names/recipient.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'

type Row = {
  readonly address: string
  readonly name: string | undefined
  readonly canMessage: boolean
}

/** `posthorn can-message`: one line per address; the exit code is 1 unless all can be written to. */
export const declareCanMessage: DeclareCommand = (command, run) => {
  command
    .argument('<address|name...>', 'whom to ask about; your own key is not needed')
    .action((given: readonly string[]) => run((context) => canMessage(context, given)))
}

async function canMessage(context: Context, given: readonly string[]): Promise<number> {
  const { output } = context
  const recipients = await Promise.all(given.map((each) => readRecipient(context, each)))
  const addresses = recipients.map(({ address }) => address)
  const { url } = context
  const answers = await output.waiting(
    `Asking ${url}`,
    askNode(addresses, { url, appVersion: 'posthorn-cli' }),
  )
  const nameOf = await output.waiting('Looking up names', createNameTags(context).of(addresses))
  // An address is told as it was given, so that a script finds its own again.
  const rows = recipients.map(({ address, name }, index) => ({
    address: name === undefined ? (given[index] ?? address) : address,
    name: name ?? nameOf(address),
    canMessage: answers[index] === true,
  }))
  const lines = rows.map((row) => rowLine(row, output.style))
  output.result(rows, lines.join('\n'))
  return rows.every((row) => row.canMessage) ? exitCodes.ok : exitCodes.failure
}

function rowLine({ address, name, canMessage }: Row, { good, bad, accent }: Style): string {
  const line = `${canMessage ? good('yes') : bad('no ')}  ${address}`
  return name === undefined ? line : `${line}  ${accent(printable(name))}`
}
