import { open } from 'node:fs/promises'
import { StorageError } from '@posthorn/errors'
import { exportLines } from '@posthorn/store'
import { addTransferOptions, openSource, type TransferOptions } from '../admin/transfer-place.ts'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'

const help = `
One line of JSON for each message, between a first line that names the format and a last one that counts. A node may
run meanwhile. Messages stay encrypted; nothing of settings is in it.

Examples:
  posthorn export messages.jsonl --data /var/lib/posthorn
  posthorn export - --database-url postgres://localhost/posthorn | gzip > messages.jsonl.gz`

const chunkChars = 1_048_576

/** `posthorn export`: all messages of a store as lines of JSON. */
export const declareExport: DeclareCommand = (command, run) => {
  addTransferOptions(command)
    .argument('<file>', 'new file to write, or - for standard output')
    .addHelpText('after', help)
    .action((file: string, options: TransferOptions) =>
      run((context) => exportTo(context, file, options)),
    )
}

async function exportTo(
  { output }: Context,
  file: string,
  options: TransferOptions,
): Promise<undefined> {
  await using source = await openSource(options)
  if (file === '-') {
    for await (const line of exportLines(source)) output.result(JSON.parse(line), line)
    return undefined
  }
  const lines = await output.waiting('Exporting', writeLines(file, exportLines(source)))
  const envelopes = lines - 2
  output.result({ file, envelopes }, `${output.style.good('exported')} ${envelopes} messages`)
  return undefined
}

async function writeLines(file: string, lines: AsyncIterable<string>): Promise<number> {
  await using handle = await openNew(file)
  let count = 0
  let chunk = ''
  for await (const line of lines) {
    chunk += `${line}\n`
    count++
    if (chunk.length < chunkChars) continue
    await handle.write(chunk)
    chunk = ''
  }
  await handle.write(chunk)
  await handle.sync()
  return count
}

async function openNew(file: string) {
  try {
    return await open(file, 'wx', 0o600)
  } catch (cause) {
    throw new StorageError(
      'cli/cannot-write-file',
      `Export: ${file} is there already or cannot be made`,
      {
        cause,
      },
    )
  }
}
