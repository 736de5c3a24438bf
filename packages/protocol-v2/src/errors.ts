// Errors that messages of both versions share.

import { CodecError, ValidationError } from '@posthorn/errors'

/** `message/topic-mismatch`: a message was found on the topic of another conversation. */
export function topicMismatch(): ValidationError {
  return new ValidationError(
    'message/topic-mismatch',
    'Open message: it belongs to another conversation than the topic it was found on',
  )
}

/** `message/unknown-version`: a message is not of the version that the conversation has. */
export function unknownVersion(found: string | undefined, wanted: string): CodecError {
  return new CodecError(
    'message/unknown-version',
    `Open message: found version ${found ?? 'none'}, wanted ${wanted}`,
  )
}
