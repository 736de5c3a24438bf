// What the inbox notes with a message besides what every store understands; JSON in `extra`.

import { fromUtf8, toUtf8 } from '@posthorn/bytes'
import type { LocalMessage } from '@posthorn/local-store'

/** Notes of a message. */
export type MessageNotes = {
  /** Its sender is neither account. */
  readonly isFromStranger?: true
  /** The message that it edits or deletes. */
  readonly revises?: string
  /** When its content was changed last, nanoseconds as digits. */
  readonly edited?: string
  /** Its sender took it back. */
  readonly isDeleted?: true
}

/** The notes of a message; none where there is nothing that can be read. */
export function notesOf({ extra }: Pick<LocalMessage, 'extra'>): MessageNotes {
  if (extra === undefined) return {}
  try {
    return JSON.parse(fromUtf8(extra)) as MessageNotes
  } catch {
    return {}
  }
}

/** Notes as a message keeps them. */
export function encodeNotes(notes: MessageNotes): Uint8Array | undefined {
  return Object.keys(notes).length === 0 ? undefined : toUtf8(JSON.stringify(notes))
}
