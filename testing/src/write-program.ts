import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Writes a file that can be run. Another process puts it in its place: a file that this process had open
 * for writing stays so for a moment in every program that another thread starts just then, and cannot be run meanwhile.
 */
export async function writeProgram(path: string, text: string): Promise<void> {
  const draft = `${path}.draft`
  await writeFile(draft, text)
  await run('install', ['-m', '755', draft, path])
}
