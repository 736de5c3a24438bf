/** The timer port. This package measures no time of its own: whoever creates a transport passes one in. */
export type Timers = {
  /** Resolves after `delayMs` milliseconds, or at once when the signal aborts. Never rejects. */
  sleep(delayMs: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
}
