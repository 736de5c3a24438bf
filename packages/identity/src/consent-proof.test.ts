import { msToNs, toHex } from '@posthorn/bytes'
import { loadCrypto } from '@posthorn/crypto'
import { ProtocolError } from '@posthorn/errors'
import { ConsentProofPayload, decode, encode } from '@posthorn/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  consentProofFromWire,
  consentProofLifetimeMs,
  consentProofToWire,
  createConsentProof,
  verifyConsentProof,
} from './consent-proof.ts'
import { createLocalSigner } from './local-signer.ts'

const crypto = await loadCrypto()
const signer = createLocalSigner(crypto, new Uint8Array(32).fill(12))
const broadcaster = createLocalSigner(crypto, new Uint8Array(32).fill(13))
const { address } = signer
const broadcasterAddress = broadcaster.address
const timestampMs = 1_700_000_000_999
const proof = await createConsentProof(crypto, { signer, broadcasterAddress, timestampMs })
const good = { proof, broadcasterAddress, address, nowNs: msToNs(timestampMs) }
const withCode = (code: string) => expect.objectContaining({ code })

describe('consent proof', () => {
  it('holds from the moment it is made until 30 days later', () => {
    for (const ageMs of [0, 1, consentProofLifetimeMs]) {
      const nowNs = msToNs(timestampMs + ageMs)
      expect(() => verifyConsentProof(crypto, { ...good, nowNs })).not.toThrow()
    }
  })

  it('is refused before it was made', () => {
    const nowNs = msToNs(timestampMs - 1)
    expect(() => verifyConsentProof(crypto, { ...good, nowNs })).toThrowError(
      withCode('identity/consent-proof-from-future'),
    )
  })

  it('is refused more than 30 days later', () => {
    const nowNs = msToNs(timestampMs + consentProofLifetimeMs + 1)
    expect(() => verifyConsentProof(crypto, { ...good, nowNs })).toThrowError(
      withCode('identity/consent-proof-expired'),
    )
  })

  it('is refused for another account on either side', () => {
    for (const change of [{ broadcasterAddress: address }, { address: broadcasterAddress }]) {
      expect(() => verifyConsentProof(crypto, { ...good, ...change })).toThrowError(
        withCode('identity/consent-proof-not-mine'),
      )
    }
  })

  it('is refused when its time is moved by a second', () => {
    const moved = { ...proof, timestampMs: proof.timestampMs + 1000n }
    const nowNs = msToNs(timestampMs + 5000)
    expect(() => verifyConsentProof(crypto, { ...good, proof: moved, nowNs })).toThrowError(
      withCode('identity/consent-proof-not-mine'),
    )
  })

  it('is refused with an error of ours whatever a stranger wrote into it', () => {
    const hexSignature = fc
      .uint8Array({ minLength: 65, maxLength: 65 })
      .map((bytes) => `0x${toHex(bytes.with(64, 27))}`)
    const recent = { min: BigInt(timestampMs - 1000), max: BigInt(timestampMs) }
    const strange = fc.record({
      signature: fc.oneof(fc.string(), hexSignature),
      timestampMs: fc.oneof(fc.bigInt(recent), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    })
    fc.assert(
      fc.property(strange, (forged) => {
        expect(() => verifyConsentProof(crypto, { ...good, proof: forged })).toThrowError(
          ProtocolError,
        )
      }),
    )
  })

  it('reads back the same from the wire', () => {
    const bytes = encode(ConsentProofPayload, consentProofToWire(proof))
    expect(consentProofFromWire(decode(ConsentProofPayload, bytes, 'proof'))).toEqual(proof)
  })

  it('counts as none when its version is not known', () => {
    const unknown = { ...consentProofToWire(proof), payloadVersion: 2 as never }
    expect(consentProofFromWire(unknown)).toBeUndefined()
    expect(consentProofFromWire(undefined)).toBeUndefined()
  })

  it('is not made when another wallet answers', async () => {
    const lying = { address, signText: broadcaster.signText }
    await expect(
      createConsentProof(crypto, { signer: lying, broadcasterAddress, timestampMs }),
    ).rejects.toThrowError(withCode('identity/not-signed-by-wallet'))
  })
})
