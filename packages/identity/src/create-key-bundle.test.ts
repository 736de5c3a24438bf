import { loadCrypto } from '@posthorn/crypto'
import { describe, expect, it } from 'vitest'
import { createKeyBundle } from './create-key-bundle.ts'
import { createLocalSigner } from './local-signer.ts'
import { verifyPrivateKeyBundle } from './private-key-bundle.ts'
import { createIdentityText } from './signature-text.ts'
import type { WalletSigner } from './wallet-signer.ts'

const crypto = await loadCrypto()
const signer = createLocalSigner(crypto, new Uint8Array(32).fill(5))
const impostor = createLocalSigner(crypto, new Uint8Array(32).fill(6))
const createdMs = 1_700_000_000_000
const withCode = (code: string) => expect.objectContaining({ code })

describe('createKeyBundle', () => {
  it('asks the wallet once, for the Create text of the identity key', async () => {
    const asked: string[] = []
    const watched: WalletSigner = {
      address: signer.address,
      signText(text) {
        asked.push(text)
        return signer.signText(text)
      },
    }
    const bundle = await createKeyBundle(crypto, { signer: watched, createdMs })
    expect(asked).toEqual([createIdentityText(bundle.identityKey.public.keyBytes)])
    expect(verifyPrivateKeyBundle(crypto, bundle)).toBe(signer.address)
  })

  it('makes other keys each time', async () => {
    const a = await createKeyBundle(crypto, { signer, createdMs })
    const b = await createKeyBundle(crypto, { signer, createdMs })
    expect(a.identityKey.secret).not.toEqual(b.identityKey.secret)
    expect(a.identityKey.secret).not.toEqual(a.preKeys[0].secret)
  })

  it('takes a signer that gives its address in lower case', async () => {
    const lower = { ...signer, address: signer.address.toLowerCase() }
    const bundle = await createKeyBundle(crypto, { signer: lower, createdMs })
    expect(verifyPrivateKeyBundle(crypto, bundle)).toBe(signer.address)
  })

  it('draws again when the randomness is not a private key', async () => {
    const draws = [new Uint8Array(32), new Uint8Array(32).fill(0xff), new Uint8Array(32).fill(1)]
    const scripted = {
      ...crypto,
      randomBytes: () => draws.shift() ?? new Uint8Array(32).fill(2),
    }
    const bundle = await createKeyBundle(scripted, { signer, createdMs })
    expect(bundle.identityKey.secret).toEqual(new Uint8Array(32).fill(1))
  })

  it('is refused when another wallet signed', async () => {
    const lying = { address: signer.address, signText: impostor.signText }
    await expect(createKeyBundle(crypto, { signer: lying, createdMs })).rejects.toThrowError(
      withCode('identity/not-signed-by-wallet'),
    )
  })

  it('is refused when the wallet signed another text', async () => {
    const lying = { address: signer.address, signText: () => signer.signText('another text') }
    await expect(createKeyBundle(crypto, { signer: lying, createdMs })).rejects.toThrowError(
      withCode('identity/not-signed-by-wallet'),
    )
  })

  it('is refused when a contract wallet answers with its own kind of signature', async () => {
    const contract = { address: signer.address, signText: async () => new Uint8Array(194) }
    await expect(createKeyBundle(crypto, { signer: contract, createdMs })).rejects.toThrowError(
      withCode('identity/malformed-wallet-signature'),
    )
  })

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 10 ** 18])(
    'is refused when the time is %d',
    async (time) => {
      await expect(createKeyBundle(crypto, { signer, createdMs: time })).rejects.toThrowError(
        withCode('identity/bad-time'),
      )
    },
  )
})
