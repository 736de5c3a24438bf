// Secrets typed by a person, never shown. The prompts are loaded only when there is somebody to answer.

import { UsageError } from '@posthorn/errors'

/**
 * Asks for a secret on the terminal.
 *
 * @throws UsageError `cli/cancelled`
 */
export async function askSecret(message: string): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts')
  // Prompts go to stderr so that stdout holds the result and nothing else.
  const answer = await password({ message, output: process.stderr })
  if (isCancel(answer) || answer === undefined) {
    throw new UsageError('cli/cancelled', 'Ask for a secret: cancelled')
  }
  return answer
}

/**
 * Asks for a new passphrase, twice.
 *
 * @throws UsageError `cli/cancelled`, `cli/passphrase-mismatch`
 */
export async function askNewPassphrase(): Promise<string> {
  const first = await askSecret('New passphrase')
  const second = await askSecret('The same again')
  if (first !== second) {
    throw new UsageError('cli/passphrase-mismatch', 'Set passphrase: the two texts differ')
  }
  return first
}
