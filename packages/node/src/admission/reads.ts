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

// A class, because tens of thousands of them may be open at a time.
class OpenStream implements Disposable {
  readonly remoteAddress: string | undefined
  readonly end: (error: unknown) => void
  readonly #streams: Set<OpenStream>

  constructor(
    streams: Set<OpenStream>,
    remoteAddress: string | undefined,
    end: (error: unknown) => void,
  ) {
    this.remoteAddress = remoteAddress
    this.end = end
    this.#streams = streams
    streams.add(this)
  }

  [Symbol.dispose](): void {
    this.#streams.delete(this)
  }
}

/** Reads that a gate admits. */
export function createReads(gate: Gate): WatchedReads {
  const streams = new Set<OpenStream>()
  return {
    spend: gate.admitRead,
    openStream: (remoteAddress, end) => {
      gate.admitRead(remoteAddress, 1)
      return new OpenStream(streams, remoteAddress, end)
    },
    review: () => {
      for (const { remoteAddress, end } of streams) {
        if (gate.isShutOut(remoteAddress)) end(shutOut())
      }
    },
  }
}
