// The part of a Response that the transport reads. React Native has no constructor of one that streams.

/** What a reply is made of. */
export type ReplyParts = {
  readonly ok: boolean
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: ReplyBody
}

/** A body that is read piece by piece. */
export type ReplyBody = {
  readonly getReader: () => ReplyReader
  readonly cancel: () => Promise<void>
}

/** Reads a body. */
export type ReplyReader = {
  read(): Promise<ReplyPiece>
  cancel(): Promise<void>
}

/** A piece of a body, or its end. */
export type ReplyPiece =
  | { readonly done: false; readonly value: Uint8Array<ArrayBuffer> }
  | { readonly done: true; readonly value?: Uint8Array<ArrayBuffer> | undefined }

/** A reply in the place of a Response. */
export function replyOf(parts: ReplyParts): Response {
  return { ...parts, type: 'basic' } as unknown as Response
}
