// Runs a program of the operating system with a text on its standard input.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'

/** What became of a program. */
export type ToolResult =
  | {
      readonly kind: 'done'
      readonly code: number
      /** What it wrote to its standard output: the secret, when it was asked for one. */
      readonly output: string
      /** What it wrote to its standard error. */
      readonly complaint: string
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly cause: unknown }

/** Runs a program; resolves whatever happens. */
export function runTool(
  program: string,
  args: readonly string[],
  input: string,
): Promise<ToolResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'pipe' })
    const [output, complaint] = [textOf(child.stdout), textOf(child.stderr)]
    child.on('error', (cause: NodeJS.ErrnoException) =>
      resolve(cause.code === 'ENOENT' ? { kind: 'missing' } : { kind: 'failed', cause }),
    )
    child.on('close', (code) =>
      resolve({ kind: 'done', code: code ?? -1, output: output(), complaint: complaint() }),
    )
    // A program that ends without reading closes the pipe.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

function textOf(stream: ChildProcessWithoutNullStreams['stdout']): () => string {
  const pieces: Buffer[] = []
  stream.on('data', (piece: Buffer) => pieces.push(piece))
  return () => Buffer.concat(pieces).toString('utf8')
}
