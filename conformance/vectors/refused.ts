// Telling a refusal of ours from a bug.

import { ProtocolError } from '@posthorn/errors'

/** What a step gives, or null when it refuses its input; anything else that goes wrong is passed on. */
export async function refusedAsNull<T>(step: () => Promise<T>): Promise<T | null> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof ProtocolError && !error.code.startsWith('vectors/')) return null
    throw error
  }
}
