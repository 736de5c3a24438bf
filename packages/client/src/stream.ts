// Streams that can be left at any time, and that are open before they are handed over.

/** An endless sequence. Leaving the loop, `return()`, disposal and the signal all end it. */
export type Stream<T> = AsyncIterableIterator<T> & AsyncDisposable

/** What a stream's source is given. */
export type StreamControl = {
  /** Aborts when the stream is to end; the source then returns. */
  readonly signal: AbortSignal
  /** To be called once whatever happens from now on will be seen. */
  readonly onOpen: () => void
}

/**
 * Starts a stream and resolves once it is open (or has ended before it opened).
 * An async generator cannot be left while it waits for its next value; this wrapper can.
 *
 * @throws whatever the source throws before it is open
 */
export async function openStream<T>(
  source: (control: StreamControl) => AsyncGenerator<T, void>,
  ...signals: readonly (AbortSignal | undefined)[]
): Promise<Stream<T>> {
  const ending = new AbortController()
  const end = (): void => ending.abort()
  const detach = (): void => {
    for (const signal of signals) signal?.removeEventListener('abort', end)
  }
  for (const signal of signals) {
    if (signal?.aborted) end()
    signal?.addEventListener('abort', end, { once: true })
  }

  let onOpen = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    onOpen = resolve
  })
  const generator = source({ signal: ending.signal, onOpen })
  const begun = generator.next()
  await Promise.race([opened, begun]).catch((error) => {
    detach()
    throw error
  })
  let first: typeof begun | undefined = begun

  async function close(): Promise<void> {
    end()
    detach()
    first = undefined
    await generator.return().catch(() => undefined)
  }

  const stream: Stream<T> = {
    next: async () => {
      const pending = first ?? generator.next()
      first = undefined
      try {
        const result = await pending
        if (result.done) detach()
        return result
      } catch (error) {
        detach()
        if (!ending.signal.aborted) throw error
        // A stream that was told to end has ended, whatever that interrupted.
        return { done: true, value: undefined }
      }
    },
    return: async () => {
      await close()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => stream,
    [Symbol.asyncDispose]: close,
  }
  return stream
}
