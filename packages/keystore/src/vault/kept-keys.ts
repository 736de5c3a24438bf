// What a client keeps in a vault: the keys, and which record of them it last saw on the network.

import { concatBytes } from '@posthorn/bytes'
import { malformed } from './vault-errors.ts'

/** A record on the private store topic, by what tells it from others. */
export type KnownRecord = {
  /** Time of its envelope. */
  readonly timestampNs: bigint
  /** SHA-256 of its message. */
  readonly digest: Uint8Array
}

/** What is kept. */
export type KeptKeys = {
  /** What `exportKeyBundle` gave. */
  readonly keys: Uint8Array
  /** Undefined when these keys were never on the network. */
  readonly record?: KnownRecord | undefined
}

// One byte of version, one that says whether a record follows, its time and digest, and the keys.
const version = 1
const timeAt = 2
const digestAt = 10
const keysAt = 42

/** Bytes for a vault. The caller wipes them. */
export function encodeKeptKeys({ keys, record }: KeptKeys): Uint8Array {
  const head = new Uint8Array(keysAt)
  head[0] = version
  head[1] = record === undefined ? 0 : 1
  if (record !== undefined) {
    new DataView(head.buffer).setBigUint64(timeAt, record.timestampNs)
    head.set(record.digest, digestAt)
  }
  return concatBytes(head, keys)
}

/** What is kept, of its bytes; shares memory with them. @throws CodecError `keystore/malformed` */
export function decodeKeptKeys(bytes: Uint8Array): KeptKeys {
  if (bytes[0] !== version) throw malformed('another version')
  if (bytes.length <= keysAt || (bytes[1] ?? 2) > 1) throw malformed('no keys')
  const keys = bytes.subarray(keysAt)
  if (bytes[1] === 0) return { keys }
  const { buffer, byteOffset } = bytes
  const timestampNs = new DataView(buffer, byteOffset).getBigUint64(timeAt)
  return { keys, record: { timestampNs, digest: bytes.slice(digestAt, keysAt) } }
}
