import { concatBytes } from '@posthorn/bytes'

/** What the hash of a batch covers. */
export type BatchContent = {
  /** Hash of the batch before it; {@link noBatchHash} for the first. */
  readonly previousHash: Uint8Array
  readonly height: number
  /** Of its rows, in the order of arrival, 32 bytes each. */
  readonly digests: readonly Uint8Array[]
}

/** What stands before the first batch: 32 zero bytes. */
export const noBatchHash: Uint8Array = new Uint8Array(32)

/** SHA-256 over the previous hash, the height (8 bytes, big-endian) and the digests; 32 bytes. */
export function batchHash(
  { previousHash, height, digests }: BatchContent,
  sha256: (data: Uint8Array) => Uint8Array,
): Uint8Array {
  const heightBytes = new Uint8Array(8)
  new DataView(heightBytes.buffer).setBigUint64(0, BigInt(height))
  return sha256(concatBytes(previousHash, heightBytes, ...digests))
}
