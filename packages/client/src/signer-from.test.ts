import { fromHex, fromUtf8, toHex } from '@posthorn/bytes'
import { createNobleCrypto } from '@posthorn/crypto'
import { createLocalSigner, parseWalletSignature, recoverSigner } from '@posthorn/identity'
import { describe, expect, test } from 'vitest'
import { signerFrom, type WalletSource } from './signer-from.ts'

const crypto = createNobleCrypto()
const keyHex = `0x${'46'.repeat(32)}` as const
const local = createLocalSigner(crypto, fromHex(keyHex))
const sign = async (text: string): Promise<`0x${string}`> =>
  `0x${toHex(await local.signText(text))}`
const lower = local.address.toLowerCase()

class EthersLike {
  readonly address = lower
  async getAddress(): Promise<string> {
    return lower
  }
  signMessage(message: string): Promise<string> {
    return sign(message)
  }
}

const provider = {
  request: async (input: unknown): Promise<unknown> => {
    const { method, params } = input as { method: string; params?: [string, string] }
    if (method === 'eth_requestAccounts') return [lower]
    expect([method, params?.[1]]).toEqual(['personal_sign', lower])
    return sign(fromUtf8(fromHex(params?.[0] ?? '')))
  },
}

const sources: readonly (readonly [string, WalletSource])[] = [
  ['a private key as hex', keyHex],
  ['a private key as bytes', fromHex(keyHex)],
  ['a signer of ours', local],
  [
    'a viem account',
    {
      address: lower,
      signMessage: async ({ message }: { message: unknown }) => sign(String(message)),
    },
  ],
  [
    'a viem wallet client with an account',
    {
      account: { address: lower },
      getAddresses: async () => [],
      signMessage: async ({ account, message }: { account?: unknown; message: unknown }) => {
        expect(account).toEqual({ address: lower })
        return sign(String(message))
      },
    },
  ],
  [
    'a viem wallet client without an account',
    {
      getAddresses: async () => [lower],
      signMessage: async ({ account, message }: { account?: unknown; message: unknown }) => {
        expect(account).toBe(lower)
        return sign(String(message))
      },
    },
  ],
  ['an ethers signer', new EthersLike()],
  ['an EIP-1193 provider', provider],
]

describe('signerFrom', () => {
  test.each(sources)('default: takes %s', async (_name, source) => {
    const signer = await signerFrom(crypto, source)
    expect(signer.address).toBe(local.address)
    const signature = parseWalletSignature(await signer.signText('grüß dich\n'))
    expect(recoverSigner(crypto, 'grüß dich\n', signature)).toBe(local.address)
  })

  test.each([{}, null, undefined, 5, { signMessage: () => '0x' }, { address: lower }])(
    'error: %j is client/unknown-wallet and says what is accepted',
    async (source) => {
      await expect(signerFrom(crypto, source as WalletSource)).rejects.toMatchObject({
        code: 'client/unknown-wallet',
        message: expect.stringContaining('viem'),
      })
    },
  )

  test.each(['0x12', 'word', `0x${'00'.repeat(32)}`, new Uint8Array(32), new Uint8Array(31)])(
    'error: the key %j is client/bad-private-key and does not show it',
    async (source) => {
      const failed = signerFrom(crypto, source as WalletSource)
      await expect(failed).rejects.toMatchObject({ code: 'client/bad-private-key' })
    },
  )

  test('error: a provider without accounts is client/no-account', async () => {
    const failed = signerFrom(crypto, { request: async () => [] })
    await expect(failed).rejects.toMatchObject({ code: 'client/no-account' })
  })

  test('error: a user who says no is client/wallet-refused, with the cause kept', async () => {
    const refusal = Object.assign(new TypeError('User rejected'), { code: 4001 })
    const signer = await signerFrom(crypto, {
      address: lower,
      signMessage: () => Promise.reject(refusal),
    })
    await expect(signer.signText('x')).rejects.toMatchObject({
      code: 'client/wallet-refused',
      cause: refusal,
    })
  })

  test('error: a signature of another length is client/contract-wallet', async () => {
    const signer = await signerFrom(crypto, {
      address: lower,
      signMessage: async () => `0x${'ab'.repeat(200)}`,
    })
    await expect(signer.signText('x')).rejects.toMatchObject({ code: 'client/contract-wallet' })
  })
})
