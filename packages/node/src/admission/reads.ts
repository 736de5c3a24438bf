// Reads and streams: counted by the client's address, refused and ended where the address is shut out.

import { type Gate, shutOut } from '@posthorn/postage'

/** Admits reads. */
export type Reads = {
  /**
   * Takes from what the client may read.
   *
   * @throws AdmissionError `postage/denied`, `rate/exceeded`, `rate/over-burst`
   */
  spend(remoteAddress: string | undefined, cost: number): void
  /**
   * Admits a stream until it is disposed of; `end` is called should its client be shut out meanwhile.
   *
   * @throws AdmissionError as {@link Reads.spend}
   */
  openStream(remoteAddress: string | undefined, end: (error: unknown) => void): Disposable
}

/** Reads of a node, and what ends the streams that the rules no longer admit. */
export type WatchedReads = Reads & {
  /** Looks at every open stream anew. */
  review(): void
}

type OpenStream = {
  readonly remoteAddress: string | undefined
  readonly end: (error: unknown) => void
}

/** Reads that a gate admits. */
export function createReads(gate: Gate): WatchedReads {
  const streams = new Set<OpenStream>()
  return {
    spend: gate.admitRead,
    openStream: (remoteAddress, end) => {
      gate.admitRead(remoteAddress, 1)
      const stream = { remoteAddress, end }
      streams.add(stream)
      return { [Symbol.dispose]: () => void streams.delete(stream) }
    },
    review: () => {
      for (const { remoteAddress, end } of streams) {
        if (gate.isShutOut(remoteAddress)) end(shutOut())
      }
    },
  }
}
