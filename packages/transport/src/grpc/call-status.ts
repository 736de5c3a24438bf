// How a gRPC call ended: in its trailers, or in its headers when it never began.

import { fromUtf8 } from '@posthorn/bytes'
import { TransportError } from '@posthorn/errors'
import { refusalError } from '../refusal.ts'
import type { Fields, LinkReply } from './link.ts'

const maxRetryAfterMs = 3_600_000

/** Refuses replies that are refused by their headers. @throws the error that the refusal stands for */
export function checkHeaders(action: string, reply: LinkReply): void {
  const { httpStatus, headers } = reply
  if (httpStatus >= 300 && httpStatus < 400) {
    throw new TransportError('transport/redirected', `${action}: the node answered with a redirect`)
  }
  const isRefused = httpStatus !== 200 || (headers.get('grpc-status') ?? '0') !== '0'
  if (isRefused) throw refusalIn(action, headers, httpStatus)
}

/** Refuses a call without a success at its end. @throws the error that its status stands for */
export function checkStatus(action: string, trailers: Fields, { headers }: LinkReply): void {
  const fields = trailers.has('grpc-status') ? trailers : headers
  const status = fields.get('grpc-status')
  if (status === '0') return
  if (status !== undefined) throw refusalIn(action, fields, 200)
  const message = `${action}: the node broke off without a status`
  throw new TransportError('transport/unavailable', message)
}

/** Trailers as gRPC-Web writes them. @throws CodecError `bytes/not-utf8` */
export function trailersIn(message: Uint8Array): Fields {
  const lines = fromUtf8(message).split('\r\n')
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':')
      if (colon < 1) return []
      return [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]] as const
    }),
  )
}

function refusalIn(action: string, fields: Fields, httpStatus: number) {
  const status = fields.get('grpc-status')
  return refusalError(action, {
    status: status !== undefined && /^\d{1,9}$/.test(status) ? Number(status) : undefined,
    httpStatus,
    message: decoded(fields.get('grpc-message') ?? 'no reason given'),
    retryAfterMs: retryAfterOf(fields),
  })
}

// Percent-encoded; a node that does not is taken at its word.
function decoded(message: string): string {
  try {
    return decodeURIComponent(message)
  } catch {
    return message
  }
}

function retryAfterOf(fields: Fields): number | undefined {
  const pushback = fields.get('grpc-retry-pushback-ms') ?? ''
  if (/^\d{1,9}$/.test(pushback)) return Math.min(Number(pushback), maxRetryAfterMs)
  const seconds = fields.get('retry-after') ?? ''
  if (!/^\d{1,9}(\.\d+)?$/.test(seconds)) return undefined
  return Math.min(Math.ceil(Number(seconds) * 1_000), maxRetryAfterMs)
}
