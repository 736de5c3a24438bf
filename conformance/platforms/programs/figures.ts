// What a back end costs: a few operations of each kind, timed by the platform's own clock.

import { type Crypto, encryptHkdfAesGcm, generatePrivateKey } from '@posthorn/crypto'
import type { BackendFigures } from './report.ts'

const leastMs = 60
const mostRounds = 200
const sealedBytes = 1_024

/** Times a back end. */
export async function measure(crypto: Crypto): Promise<BackendFigures> {
  await crypto.ready
  const { curve } = crypto
  const [key, peerKey] = [generatePrivateKey(crypto), generatePrivateKey(crypto)]
  const [digest, plaintext] = [crypto.randomBytes(32), new Uint8Array(sealedBytes)]
  const publicKey = curve.publicKey(peerKey)
  const { compact } = curve.sign(digest, peerKey)
  return {
    name: crypto.name,
    detail: crypto.detail,
    signMs: await timed(() => curve.sign(digest, key)),
    verifyMs: await timed(() => curve.verify(compact, digest, publicKey)),
    sharedPointMs: await timed(() => curve.sharedPoint(key, publicKey)),
    sealMs: await timed(() => encryptHkdfAesGcm(crypto, { secret: key, plaintext })),
  }
}

async function timed(work: () => unknown): Promise<number> {
  await work()
  const startMs = Date.now()
  let rounds = 0
  do {
    await work()
    rounds++
  } while (Date.now() - startMs < leastMs && rounds < mostRounds)
  return (Date.now() - startMs) / rounds
}
