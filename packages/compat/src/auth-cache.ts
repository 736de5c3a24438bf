// The token of who publishes, made when it is needed and kept while nodes take it.

import { systemClock } from '@posthorn/client'
import type { Authenticator } from './api-client.ts'

// Nodes take a token for an hour; ten seconds are left for the way.
const defaultLifetimeSeconds = 3_590

/** Keeps a token. */
export class AuthCache {
  readonly #authenticator: Authenticator
  #token: { readonly text: Promise<string>; readonly madeMs: number } | undefined
  maxAgeMs: number

  constructor(authenticator: Authenticator, cacheExpirySeconds: number = defaultLifetimeSeconds) {
    this.#authenticator = authenticator
    this.maxAgeMs = cacheExpirySeconds * 1000
  }

  /** The token as Base64, a new one when it has become too old. */
  async getToken(): Promise<string> {
    const token = this.#token
    if (token !== undefined && systemClock.nowMs() - token.madeMs <= this.maxAgeMs)
      return token.text
    return this.#make()
  }

  /** Makes a new token. */
  async refresh(): Promise<void> {
    await this.#make()
  }

  #make(): Promise<string> {
    const madeMs = systemClock.nowMs()
    const text = this.#authenticator.createToken(new Date(madeMs)).then((token) => token.toBase64())
    this.#token = { text, madeMs }
    text.catch(() => {
      this.#token = undefined
    })
    return text
  }
}
