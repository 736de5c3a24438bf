// What all transports to a node are told alike.

import { UsageError } from '@posthorn/errors'
import type { Timers } from './timers.ts'
import { clientVersion } from './version.ts'

/** Where a node is, and how long it may be silent. */
export type NodeAddress = {
  /** Base address of the node, for instance `http://localhost:5555`. */
  readonly url: string
  /** Sent as `X-Client-Version`; defaults to `posthorn/{version}`. */
  readonly clientVersion?: string | undefined
  /** Sent as `X-App-Version`: name and version of the application, for instance `my-app/1.0`. */
  readonly appVersion?: string | undefined
  /** Without timers nothing times out. */
  readonly timers?: Timers | undefined
  /** For publish and queries; default 30,000. */
  readonly timeoutMs?: number | undefined
  /**
   * How long a stream may show no sign of life, keep-alives included; default 90,000.
   * A connection that died without a word is found out by this alone, a quarter of it later at most.
   */
  readonly idleTimeoutMs?: number | undefined
}

/** The address without slashes at its end. @throws UsageError `transport/bad-url` */
export function baseOf({ url }: NodeAddress): string {
  if (!/^https?:\/\/[^/\s]+/i.test(url)) {
    throw new UsageError(
      'transport/bad-url',
      'Create transport: url must start http:// or https://',
    )
  }
  return url.replace(/\/+$/, '')
}

/** Headers of every call. */
export function headersOf(address: NodeAddress, authorization?: string): Record<string, string> {
  return {
    'X-Client-Version': address.clientVersion ?? `posthorn/${clientVersion}`,
    ...(address.appVersion === undefined ? {} : { 'X-App-Version': address.appVersion }),
    ...(authorization === undefined ? {} : { Authorization: authorization }),
  }
}
