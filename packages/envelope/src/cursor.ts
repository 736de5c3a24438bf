// Positions in the order of stored envelopes.

/** Position of an envelope in the V2 order: sender's time, then digest. */
export type TimeCursor = {
  readonly timestampNs: bigint
  /** SHA-256(topic || message), 32 bytes. */
  readonly digest: Uint8Array
}

/** Which end of the order comes first. */
export type Direction = 'ascending' | 'descending'
