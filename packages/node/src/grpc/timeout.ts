import { CodecError } from '@posthorn/errors'

const msByUnit: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
}

// Longer than any call lives; more would overflow the event loop's timers and fire at once.
const longestTimeoutMs = 2 ** 31 - 1

/**
 * Milliseconds of a `grpc-timeout` header, at least 1; undefined without one.
 *
 * @throws CodecError `api/bad-timeout`
 */
export function timeoutMsOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const match = /^(\d{1,8})([HMSmun])$/.exec(header)
  const unitMs = msByUnit[match?.[2] ?? '']
  if (match === null || unitMs === undefined) {
    throw new CodecError(
      'api/bad-timeout',
      'Read grpc-timeout: malformed, expected up to 8 digits and one of H M S m u n',
    )
  }
  return Math.min(Math.max(1, Math.ceil(Number(match[1]) * unitMs)), longestTimeoutMs)
}
