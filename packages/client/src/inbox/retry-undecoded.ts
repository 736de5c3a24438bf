// Messages that no codec could read when they came, and that one can now: they take their place with all that
// follows from their content.

import { awaitingCodec, factsOfContent } from './content-facts.ts'
import { notesOf } from './message-notes.ts'
import { type ReviserParts, withRevisions } from './revise.ts'

const pageSize = 100

/** Reads them again. */
export async function retryUndecoded(parts: ReviserParts, signal: AbortSignal): Promise<void> {
  let after: string | undefined
  do {
    const page = await parts.store.messagesAbout({ about: awaitingCodec, limit: pageSize, after })
    for (const message of page.items) {
      if (signal.aborted) return
      if (message.content === undefined) continue
      const facts = await factsOfContent(parts, message.content)
      if (facts.undecodable !== undefined) continue
      const isQuiet = notesOf(message).isFromStranger === true || facts.isQuiet === true
      const read = { ...message, ...facts, isQuiet }
      await parts.store.put(await withRevisions(parts, [read]))
    }
    after = page.next
  } while (after !== undefined)
}
