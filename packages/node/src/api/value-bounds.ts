// How many values a request has and how long they are, looked at before it is read, and of a large one while
// it still comes: fifty megabytes of empty texts are twenty-five million of them, and reading them would keep
// everybody else waiting.

import { ValidationError } from '@posthorn/errors'

/** Most topics, envelopes, positions and other values of one request, at whatever depth. */
export const maxRequestValues = 100_000

/** Longest of these values, in bytes: twice the longest message, which its own rule refuses by its name. */
export const maxValueBytes = 2_097_152

/** Which fields of a message are messages themselves, by number. */
export type MessageShape = { readonly [field: number]: MessageShape }

/**
 * Counts the fields of a message and of those in it, of which there may be the start alone. What cannot be read is left
 * to the decoder.
 *
 * @throws ValidationError `api/too-many-values`, `api/value-too-long`
 */
export function checkFieldBounds(message: Uint8Array, shape: MessageShape): void {
  countFields({ bytes: message, at: 0, count: 0 }, message.length, shape)
}

/**
 * Counts what opens or separates values in a JSON text or the start of one, and looks how long the last text in it is.
 *
 * @throws ValidationError `api/too-many-values`, `api/value-too-long`
 */
export function checkJsonBounds(text: Uint8Array): void {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.length)
  let count = 0
  for (const mark of jsonMarks) {
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
      if (++count > maxRequestValues) throw tooMany()
    }
  }
  const lastBytes = bytes.length - bytes.lastIndexOf(quote) - 1
  if (lastBytes > longestText) throw tooLong(lastBytes)
}

type Reading = { readonly bytes: Uint8Array; at: number; count: number }

const quote = 0x22
// In base64.
const longestText = (maxValueBytes / 3) * 4
const jsonMarks: readonly number[] = Array.from(Buffer.from(',[{'))
const lengthDelimited = 2
// Bytes of the wire types that have a fixed length.
const fixedBytes: Readonly<Record<number, number>> = { 1: 8, 3: 0, 4: 0, 5: 4 }

function countFields(reading: Reading, end: number, shape: MessageShape): void {
  while (reading.at < end) {
    if (++reading.count > maxRequestValues) throw tooMany()
    const tag = readVarint(reading)
    const wireType = tag % 8
    if (wireType === 0) readVarint(reading)
    else if (wireType !== lengthDelimited) reading.at += fixedBytes[wireType] ?? end
    else {
      const length = readVarint(reading)
      const nested = shape[Math.floor(tag / 8)]
      const after = reading.at + length
      if (nested !== undefined) countFields(reading, Math.min(end, after), nested)
      else if (length > maxValueBytes) throw tooLong(length)
      reading.at = after
    }
  }
}

// As a double: exact for every length and number of a field that there is.
function readVarint(reading: Reading): number {
  let value = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = reading.bytes[reading.at++] ?? 0
    value += (byte & 127) * factor
    if (byte < 128) return value
  }
}

function tooLong(lengthBytes: number): ValidationError {
  return new ValidationError(
    'api/value-too-long',
    `Read request: a value of ${lengthBytes} bytes or more, expected at most ${maxValueBytes}`,
    { details: { lengthBytes, maxBytes: maxValueBytes } },
  )
}

function tooMany(): ValidationError {
  return new ValidationError(
    'api/too-many-values',
    `Read request: more than ${maxRequestValues} values, expected at most ${maxRequestValues} topics, envelopes and their fields in one request`,
    { details: { maxValues: maxRequestValues } },
  )
}
