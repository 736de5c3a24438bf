/** What the hash of a batch covers. */
export type BatchContent = {
  /** Hash of the batch before it; {@link noBatchHash} for the first. */
  readonly previousHash: Uint8Array
  readonly height: number
  /** Its rows, in the order of arrival. */
  readonly rows: readonly BatchRow[]
}

/** What the hash of a batch covers of a row: the digest stands for topic and message. */
export type BatchRow = { readonly timestampNs: bigint; readonly digest: Uint8Array }

/** What stands before the first batch: 32 zero bytes. */
export const noBatchHash: Uint8Array = new Uint8Array(32)

const digestBytes = 32
const headBytes = digestBytes + 8
const rowBytes = 8 + digestBytes

/**
 * SHA-256 over the previous hash, the height (8 bytes, big-endian), and of each row the sender's time (8 bytes,
 * big-endian) and the digest; 32 bytes.
 */
export function batchHash(
  { previousHash, height, rows }: BatchContent,
  sha256: (data: Uint8Array) => Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(headBytes + rows.length * rowBytes)
  const view = new DataView(bytes.buffer)
  bytes.set(previousHash)
  view.setBigUint64(digestBytes, BigInt(height))
  let at = headBytes
  for (const { timestampNs, digest } of rows) {
    view.setBigUint64(at, timestampNs)
    bytes.set(digest, at + 8)
    at += rowBytes
  }
  return sha256(bytes)
}
