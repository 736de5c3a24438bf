import { etc, Point, utils } from '@noble/secp256k1'
import { wipe } from '@posthorn/bytes'
import type { Secp256k1 as Wasm } from '@solar-republic/wasm-secp256k1/gzipped'
import type { Curve, RandomBytes } from '../port.ts'
import { type CurveArithmetic, strictCurve } from '../strict-curve.ts'
import { smallArithmetic } from './small-arithmetic.ts'

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
  const arithmetic: CurveArithmetic = { ...smallArithmetic }
  let detail = '@noble/secp256k1 until WebAssembly is loaded'
  const ready = load().then(
    (wasm) => {
      Object.assign(arithmetic, wasmArithmetic(wasm, randomBytes))
      detail = 'libsecp256k1 in WebAssembly, signing by @noble/secp256k1'
    },
    () => {
      detail = '@noble/secp256k1, because WebAssembly did not load'
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
  const { n: order } = Point.CURVE()
  const factor = etc.bytesToNumberBE(utils.randomSecretKey(randomBytes(48)))
  return {
    blinded: etc.numberToBytesBE(etc.mod(etc.bytesToNumberBE(privateKey) * factor, order)),
    unblind: etc.numberToBytesBE(etc.invert(factor, order)),
  }
}
