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
    /** How each node is reached; default: its JSON gateway. */
    readonly create?: CreateTransport | undefined
  }

/** Creates the transport to one node. */
export type CreateTransport = (options: JsonTransportOptions) => Transport

// Shorter than with one node, because another one is there to be asked.
const timeoutMs = 10_000

/** A transport over the nodes at several base addresses. @throws as `acrossNodes` and `create` */
export function severalNodes(urls: readonly string[], options: SeveralNodesOptions): Transport {
  const { appVersion, fetch, clock, create = createJsonTransport } = options
  const nodes = [...new Set(urls)].map((url) => ({
    name: url,
    transport: create({ url, appVersion, fetch, timers: clock, timeoutMs }),
  }))
  return acrossNodes(nodes, { ...options, secondOpinion: keyOpinion(options) })
}
