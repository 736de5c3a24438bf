// Live sequences.

import type { Stream as Source, StreamOptions } from '@posthorn/client'
import type { Anything } from './anything.ts'
import type { OnConnectionLostCallback } from './api-client.ts'
import type { ClientFace } from './client-face.ts'

/**
 * An endless sequence of what arrives. Leave the loop or call `return` to end it. It reconnects by itself and
 * fetches what it missed meanwhile.
 */
export class Stream<T, ClientType = Anything> implements AsyncGenerator<T, void> {
  readonly client: ClientFace<ClientType>
  readonly #take: () => Promise<IteratorResult<T, void>>
  readonly #end: () => Promise<void>
  #turn: Promise<unknown> = Promise.resolve()

  /** Of a stream of our client; what `map` makes undefined is left out. */
  constructor(
    client: ClientFace<ClientType>,
    source: Source<unknown>,
    map: (item: Anything) => Promise<T | undefined> | T | undefined,
  ) {
    this.client = client
    this.#take = () => take(source, map)
    this.#end = async () => void (await source.return?.())
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** The next one; several calls are answered in their order. */
  next(): Promise<IteratorResult<T, void>> {
    const result = this.#turn.then(this.#take)
    this.#turn = result.catch(() => undefined)
    return result
  }

  async return(_value?: unknown): Promise<IteratorResult<T, void>> {
    await this.#end()
    return { done: true, value: undefined }
  }

  async throw(error: unknown): Promise<IteratorResult<T, void>> {
    await this.#end()
    throw error
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end()
  }
}

/** Options of a stream of our client that tells of lost connections. */
export function streamOptionsOf(
  onConnectionLost: OnConnectionLostCallback | undefined,
): StreamOptions {
  return {
    onStateChange: (state) => {
      if (state.kind === 'reconnecting') onConnectionLost?.(state.error)
    },
  }
}

async function take<T>(
  source: Source<unknown>,
  map: (item: Anything) => Promise<T | undefined> | T | undefined,
): Promise<IteratorResult<T, void>> {
  for (;;) {
    const result = await source.next()
    if (result.done) return { done: true, value: undefined }
    const value = await map(result.value)
    if (value !== undefined) return { done: false, value }
  }
}
