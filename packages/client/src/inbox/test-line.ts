// A way to the network that tests can cut, with all that goes over it.

import { TransportError } from '@posthorn/errors'
import type { Transport } from '@posthorn/transport'

/** A transport that can be cut. */
export type CuttableLine = {
  readonly transport: Transport
  isCut(): boolean
  /** Cuts it, which ends its streams, or joins it again. */
  cut(isCut: boolean): void
}

/** Makes a transport cuttable. */
export function cuttable(transport: Transport): CuttableLine {
  let isCut = false
  let cutting = new AbortController()

  function check(): void {
    if (isCut) throw gone()
  }

  return {
    isCut: () => isCut,
    cut: (now) => {
      isCut = now
      if (now) cutting.abort()
      else cutting = new AbortController()
    },
    transport: {
      ...transport,
      publish: async (...args) => {
        check()
        return transport.publish(...args)
      },
      query: async (...args) => {
        check()
        return transport.query(...args)
      },
      batchQuery: async (...args) => {
        check()
        return transport.batchQuery(...args)
      },
      subscribe: async function* (request, options) {
        check()
        const { signal } = cutting
        const signals = options?.signal === undefined ? [signal] : [signal, options.signal]
        try {
          yield* transport.subscribe(request, { ...options, signal: AbortSignal.any(signals) })
        } catch (error) {
          throw signal.aborted ? gone() : error
        }
      },
    },
  }
}

function gone(): TransportError {
  return new TransportError('transport/unavailable', 'Call the node: the line was cut')
}
