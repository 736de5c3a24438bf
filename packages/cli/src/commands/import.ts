import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { StorageError } from '@posthorn/errors'
import { type ImportReport, importLines } from '@posthorn/store'
import { addTransferOptions, openTarget, type TransferOptions } from '../admin/transfer-place.ts'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { listenForInterruption } from '../interruption.ts'

const help = `
Doing it again stores nothing twice. Into a folder: stop its node first; one without a store gets one. Into PostgreSQL:
nodes may run.

Examples:
  posthorn import messages.jsonl --data /var/lib/posthorn
  gunzip -c messages.jsonl.gz | posthorn import - --database-url postgres://localhost/posthorn`

/** `posthorn import`: adds what `posthorn export` wrote. */
export const declareImport: DeclareCommand = (command, run) => {
  addTransferOptions(command)
    .argument('<file>', 'an export, or - for standard input')
    .addHelpText('after', help)
    .action((file: string, options: TransferOptions) =>
      run((context) => importFrom(context, file, options)),
    )
}

async function importFrom(
  context: Context,
  file: string,
  options: TransferOptions,
): Promise<undefined> {
  const { output } = context
  using interruption = listenForInterruption()
  const lines = await linesOf(context, file)
  await using store = await openTarget(options)
  const importing = importLines(store, lines, interruption)
  const report: ImportReport = await output.waiting('Importing', importing)
  const { envelopes, duplicates } = report
  output.result(
    report,
    `${output.style.good('imported')} ${envelopes} messages, ${duplicates} were there`,
  )
  return undefined
}

async function linesOf({ stdin }: Context, file: string): Promise<AsyncIterable<string>> {
  if (file === '-') return createInterface({ input: stdin })
  try {
    return (await open(file)).readLines()
  } catch (cause) {
    throw new StorageError('cli/cannot-read-file', `Import: ${file} cannot be read`, { cause })
  }
}
