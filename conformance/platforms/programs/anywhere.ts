// The program of platforms with fetch and WebCrypto.

import { createClient } from '@posthorn/client'
import { type BackendName, type Crypto, loadCrypto } from '@posthorn/crypto'
import { type Device, keepOnDevice } from './device.ts'
import { measure } from './figures.ts'
import { exchangeMessages } from './messages.ts'
import type { BackendFigures, Report, Result } from './report.ts'
import { checkVectors } from './vectors.ts'

/** What the program is given. */
export type AnywhereOptions = {
  /** The texts of vector files. */
  readonly vectors: readonly string[]
  readonly backends: readonly BackendName[]
  /** A node, and where to ask for its connections to be broken; without it no messages are sent. */
  readonly node?: { readonly url: string; readonly cutUrl: string } | undefined
  /** Where the platform keeps keys and messages, if it does. */
  readonly device?: Device | undefined
}

/** Checks the platform. */
export async function runAnywhere(options: AnywhereOptions): Promise<Report> {
  const { vectors, backends, node, device } = options
  const results: Result[] = []
  const figures: BackendFigures[] = []
  const leftOut: string[] = []
  for (const backend of backends) {
    const crypto = await loadCrypto({ backend })
    await crypto.ready
    const checked = await checkVectors(crypto, vectors)
    results.push(...checked.results)
    for (const each of checked.leftOut) leftOut.push(`${each} (${backend})`)
    figures.push(await measure(crypto))
  }
  if (node !== undefined) {
    const crypto = await loadCrypto()
    results.push(...(await overHttp(crypto, node)))
    const { url } = node
    if (device !== undefined) results.push(...(await keepOnDevice({ device, crypto, url })))
  }
  return { results, backends: figures, leftOut }
}

function overHttp(
  crypto: Crypto,
  { url, cutUrl }: { readonly url: string; readonly cutUrl: string },
): Promise<Result[]> {
  return exchangeMessages({
    connect: (privateKey) => createClient(privateKey, { url, crypto }),
    randomBytes: crypto.randomBytes,
    cut: async () => {
      await fetch(cutUrl, { method: 'POST' })
    },
  })
}
