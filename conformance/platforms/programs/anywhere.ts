// The program of platforms with fetch and WebCrypto.

import { createClient } from '@posthorn/client'
import { grpcWebTransport } from '@posthorn/client/grpc-web'
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
    results.push(...(await overHttp(crypto, node)), ...(await overGrpcWeb(crypto, node)))
    const { url } = node
    if (device !== undefined) results.push(...(await keepOnDevice({ device, crypto, url })))
  }
  return { results, backends: figures, leftOut }
}

type CuttableNode = { readonly url: string; readonly cutUrl: string }

async function overGrpcWeb(crypto: Crypto, { url, cutUrl }: CuttableNode): Promise<Result[]> {
  await using transport = await grpcWebTransport(url, { crypto })
  const results = await exchangeMessages({
    connect: (privateKey) => createClient(privateKey, { transport, crypto }),
    randomBytes: crypto.randomBytes,
    cut: async () => {
      await fetch(cutUrl, { method: 'POST' })
    },
  })
  return results.map((each) => ({ ...each, name: `${each.name}, over gRPC-Web` }))
}

function overHttp(crypto: Crypto, { url, cutUrl }: CuttableNode): Promise<Result[]> {
  return exchangeMessages({
    connect: (privateKey) => createClient(privateKey, { url, crypto }),
    randomBytes: crypto.randomBytes,
    cut: async () => {
      await fetch(cutUrl, { method: 'POST' })
    },
  })
}
