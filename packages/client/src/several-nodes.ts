// Several nodes at once, as a client connects to them.

import { createJsonTransport, type JsonTransportOptions, type Transport } from '@posthorn/transport'
import { acrossNodes } from '@posthorn/transport/across-nodes'
import type { Clock } from './clock.ts'
import { type KeyOpinionOptions, keyOpinion } from './key-opinion.ts'

/** What {@link severalNodes} needs. */
export type SeveralNodesOptions = KeyOpinionOptions &
  Pick<JsonTransportOptions, 'appVersion' | 'fetch'> & {
    readonly clock: Clock
    readonly random: () => number
    readonly acknowledgements?: number | undefined
  }

// Shorter than with one node, because another one is there to be asked.
const timeoutMs = 10_000

/** A transport over the nodes at several base addresses. @throws as `acrossNodes`, `createJsonTransport` */
export function severalNodes(urls: readonly string[], options: SeveralNodesOptions): Transport {
  const { appVersion, fetch, clock } = options
  const nodes = [...new Set(urls)].map((url) => ({
    name: url,
    transport: createJsonTransport({ url, appVersion, fetch, timers: clock, timeoutMs }),
  }))
  return acrossNodes(nodes, { ...options, secondOpinion: keyOpinion(options) })
}
