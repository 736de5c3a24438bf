// What a gRPC call needs of the protocol beneath it.

import type { ByteSource } from '../reply-body.ts'

/** Header or trailer fields, by names in lower case. */
export type Fields = ReadonlyMap<string, string>

/** One call, as it is sent. */
export type LinkCall = {
  /** `/service/method`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The framed request. */
  readonly body: Uint8Array<ArrayBuffer>
  /** Ends the call and its reply. */
  readonly signal: AbortSignal
}

/** A reply whose headers have arrived. */
export type LinkReply = {
  readonly httpStatus: number
  readonly headers: Fields
  /** Leaving it before its end ends the call. */
  readonly pieces: ByteSource
  /** Known once all pieces are read; of gRPC-Web, empty: they are in the body. */
  readonly trailers: () => Fields
}

/** Calls to one node. */
export type Link = Disposable & {
  /** Rejects when no headers come. */
  call(call: LinkCall): Promise<LinkReply>
  /** Told that the node was silent or broke off: the next call takes another connection. */
  retire?(): void
}
