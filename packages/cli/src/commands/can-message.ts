import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../failure.ts'
import { openAnonymousClient } from '../open-client.ts'

/** `posthorn can-message`: one line per address; the exit code is 1 unless all can be written to. */
export const declareCanMessage: DeclareCommand = (command, run) => {
  command
    .argument('<address...>', 'addresses to ask about; your own key is not needed')
    .action((addresses: readonly string[]) => run((context) => canMessage(context, addresses)))
}

async function canMessage(context: Context, addresses: readonly string[]): Promise<number> {
  const { output } = context
  await using client = await output.waiting('Connecting', openAnonymousClient(context))
  const answers = await output.waiting('Asking', client.canMessage(addresses))
  const rows = addresses.map((address, index) => ({ address, canMessage: answers[index] === true }))
  const { good, bad } = output.style
  const lines = rows.map((row) => `${row.canMessage ? good('yes') : bad('no ')}  ${row.address}`)
  output.result(rows, lines.join('\n'))
  return rows.every((row) => row.canMessage) ? exitCodes.ok : exitCodes.failure
}
