import { secp256k1 } from '@noble/curves/secp256k1.js'
import { wipe } from '@posthorn/bytes'
import type { Secp256k1 as Wasm } from '@solar-republic/wasm-secp256k1/gzipped'
import { nobleArithmetic } from '../noble/curve.ts'
import type { Curve, RandomBytes } from '../port.ts'
import { type CurveArithmetic, strictCurve } from '../strict-curve.ts'

/** A curve that computes in plain JavaScript until its WebAssembly is there. */
export type WebCurve = {
  readonly curve: Curve
  /** What computes now, in words. */
  readonly detail: () => string
  /** Settles once WebAssembly is in use or known not to be available; never rejects. */
  readonly ready: Promise<void>
}

/** secp256k1 of WebAssembly; `load` may reject where the platform forbids it. */
export function createWebCurve(
  randomBytes: RandomBytes,
  load: () => Promise<Wasm> = loadWasm,
): WebCurve {
  const arithmetic: CurveArithmetic = { ...nobleArithmetic }
  let detail = '@noble/curves until WebAssembly is loaded'
  const ready = load().then(
    (wasm) => {
      Object.assign(arithmetic, wasmArithmetic(wasm, randomBytes))
      detail = 'libsecp256k1 in WebAssembly, signing by @noble/curves'
    },
    () => {
      detail = '@noble/curves, because WebAssembly did not load'
    },
  )
  return { curve: strictCurve(arithmetic), detail: () => detail, ready }
}

async function loadWasm(): Promise<Wasm> {
  const { initWasmSecp256k1 } = await import('@solar-republic/wasm-secp256k1/gzipped')
  return await initWasmSecp256k1()
}

// No sign: the wrapper always mixes extra entropy into the nonce, so its signatures would not be
// the deterministic ones of the other back ends.
function wasmArithmetic(wasm: Wasm, randomBytes: RandomBytes): Partial<CurveArithmetic> {
  return {
    publicKey: (privateKey) => wasm.sk_to_pk(privateKey, true),
    verify: (compact, digest, publicKey) => wasm.verify(compact, digest, publicKey),
    recover: ({ compact, recovery }, digest) => wasm.recover(compact, digest, recovery, true),
    sharedPoint(privateKey, publicKey) {
      const { blinded, unblind } = blind(privateKey, randomBytes)
      try {
        return wasm.tweak_pk_mul(wasm.tweak_pk_mul(publicKey, blinded, true), unblind, true)
      } finally {
        wipe(blinded, unblind)
      }
    },
  }
}

// The wrapper's ecdh hashes the point, and its multiplication takes a time that depends on the scalar.
// So the private key is never the scalar: it is split into two random factors, fresh each time.
function blind(
  privateKey: Uint8Array,
  randomBytes: RandomBytes,
): { blinded: Uint8Array; unblind: Uint8Array } {
  const { Fn } = secp256k1.Point
  const factor = Fn.fromBytes(secp256k1.utils.randomSecretKey(randomBytes(48)))
  return {
    blinded: Fn.toBytes(Fn.mul(Fn.fromBytes(privateKey), factor)),
    unblind: Fn.toBytes(Fn.inv(factor)),
  }
}
