// Another way to nodes than the JSON gateway, made ready for a client.

import { loadCrypto } from '@posthorn/crypto'
import { type Transport, withRetry } from '@posthorn/transport'
import type { ClientOptions } from './create-client.ts'
import { type CreateTransport, severalNodes } from './several-nodes.ts'
import { systemClock } from './system-clock.ts'

/** What applies to a way as to `createClient`. */
export type WayOptions = Pick<
  ClientOptions,
  'acknowledgements' | 'appVersion' | 'clock' | 'crypto' | 'onAlarm'
>

/** A transport to one node, or over several, that tries again as that of a client does. */
export async function connectBy(
  create: CreateTransport,
  where: string | readonly string[],
  options: WayOptions,
): Promise<Transport> {
  const { appVersion, clock = systemClock } = options
  const crypto = options.crypto ?? (await loadCrypto())
  const random = (): number => (crypto.randomBytes(1)[0] ?? 0) / 256
  const plain =
    typeof where === 'string'
      ? create({ url: where, appVersion, timers: clock })
      : severalNodes(where, { ...options, crypto, clock, random, create })
  return withRetry(plain, { timers: clock, random })
}
