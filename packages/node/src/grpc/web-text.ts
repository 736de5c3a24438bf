// The base64 form of gRPC-Web bodies.

import { CodecError } from '@posthorn/errors'

/**
 * The bytes of a base64 body; it may consist of several padded pieces.
 *
 * @throws CodecError `api/bad-base64`
 */
export function decodeBase64Body(body: Buffer): Buffer {
  const text = body.toString('latin1')
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/=]*$/.test(text)) {
    throw new CodecError('api/bad-base64', 'Read request: the body is not base64 as grpc-web-text')
  }
  if (!/=[^=]/.test(text)) return Buffer.from(text, 'base64')
  const pieces = text.match(/[^=]+=*/g) ?? []
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')))
}
