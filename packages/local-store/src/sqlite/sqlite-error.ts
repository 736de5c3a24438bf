// What SQLite says, in our families.

import { ProtocolError, StorageError } from '@posthorn/errors'
import { corruptError, fullError, unavailableError } from '../errors.ts'

// Primary result codes, see https://www.sqlite.org/rescode.html
const codes = { busy: 5, corrupt: 11, full: 13, notADatabase: 26 }

/** The error for whatever was thrown; `action` starts its message. */
export function sqliteError(action: string, cause: unknown): ProtocolError {
  if (cause instanceof ProtocolError) return cause
  const code = Number((cause as { readonly errcode?: unknown }).errcode ?? 0) & 0xff
  switch (code) {
    case codes.full:
      return fullError(cause)
    case codes.corrupt:
    case codes.notADatabase:
      return corruptError('the database file is damaged', cause)
    case codes.busy:
      return new StorageError(
        'local-store/busy',
        `${action}: another process holds the database; try again`,
        { cause },
      )
    default:
      return unavailableError(action, cause)
  }
}
