import { UsageError } from '@posthorn/errors'

/**
 * All text of standard input.
 *
 * @throws UsageError `cli/input-too-big` above `maxBytes`
 */
export async function readStdin(stdin: NodeJS.ReadableStream, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk)
    sizeBytes += bytes.length
    if (sizeBytes > maxBytes) {
      throw new UsageError(
        'cli/input-too-big',
        `Read standard input: wanted at most ${maxBytes} bytes`,
      )
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}
