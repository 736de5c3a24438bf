/** The clock port of this package. The client's clock fits. */
export type NamesClock = {
  /** Milliseconds since 1970. */
  nowMs(): number
  /** Resolves after `delayMs` milliseconds, or at once when the signal aborts. Never rejects. */
  sleep(delayMs: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
}
