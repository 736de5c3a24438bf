import type { OutgoingHttpHeaders } from 'node:http'
import { grpcStatus } from '@posthorn/errors'
import { errorCodeHeader, type Failure } from '../api/failure.ts'
import { corsHeaders } from '../server/cors.ts'

/** `{"code":…,"message":"…","details":[]}`. */
export function failureJson(failure: Pick<Failure, 'status' | 'message'>): string {
  const message = JSON.stringify(failure.message)
  return `{"code":${failure.status},"message":${message},"details":[]}`
}

/** Headers of a failed call. */
export function failureHeaders(failure: Failure): OutgoingHttpHeaders {
  return {
    ...corsHeaders,
    'content-type': 'application/json',
    [errorCodeHeader]: failure.code,
    ...(failure.status === grpcStatus.unauthenticated
      ? { 'www-authenticate': failure.message.replace(/[^\x20-\x7e]/g, '?') }
      : {}),
    ...(failure.retryAfterMs === undefined
      ? {}
      : { 'retry-after': String(Math.ceil(failure.retryAfterMs / 1_000)) }),
  }
}
