// The port to wherever encrypted files are kept: any place that answers with what was put there.

/** How far a transfer is. */
export type TransferProgress = {
  readonly transferredBytes: number
  /** Undefined while nobody has said. */
  readonly totalBytes: number | undefined
}

/** What every transfer takes. */
export type TransferOptions = {
  readonly signal?: AbortSignal | undefined
  /** Called with growing numbers; the last call says that all is there. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined
}

/** What a download takes besides. */
export type DownloadOptions = TransferOptions & {
  /** Most bytes to take; a longer file is refused before it is held. */
  readonly maxBytes: number
  /** Whether to fetch over http too, for tests and storage on this machine; default: https only. */
  readonly allowHttp?: boolean | undefined
}

/** Keeps encrypted files. Whoever runs it sees sizes and addresses, never content. */
export type AttachmentStorage = {
  /**
   * Stores bytes where readers of the message can fetch them.
   *
   * @returns their address, https unless it is for tests
   * @throws TransportError `attachment/unreachable`, `attachment/refused`, `attachment/cancelled`
   */
  put(bytes: Uint8Array, options?: TransferOptions): Promise<string>
  /**
   * The bytes at an address.
   *
   * @throws NotFoundError `attachment/not-found`; ValidationError `attachment/too-big`, `attachment/insecure-url`;
   * TransportError `attachment/unreachable`, `attachment/refused`, `attachment/cancelled`
   */
  get(url: string, options: DownloadOptions): Promise<Uint8Array>
}
