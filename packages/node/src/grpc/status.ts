// The end of a gRPC call: its status as trailers.

import { errorCodeHeader, type Failure } from '../api/failure.ts'

/** Header or trailer fields, names in lower case. */
export type Fields = Readonly<Record<string, string>>

/** Trailers of a call that went well. */
export const okTrailers: Fields = { 'grpc-status': '0', 'grpc-message': '' }

/** Trailers of a call that failed. */
export function failureTrailers(failure: Failure): Fields {
  return {
    'grpc-status': String(failure.status),
    'grpc-message': percentEncode(failure.message),
    [errorCodeHeader]: failure.code,
    ...(failure.retryAfterMs === undefined
      ? {}
      : { 'grpc-retry-pushback-ms': String(Math.ceil(failure.retryAfterMs)) }),
  }
}

// Printable ASCII as it is, every other byte of the UTF-8 text as %XX.
function percentEncode(text: string): string {
  if (/^[\x20-\x24\x26-\x7e]*$/.test(text)) return text
  let encoded = ''
  for (const byte of Buffer.from(text)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25
    encoded += isPlain
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}
