// The wallets that people bring, as their own libraries make them.

import assert from 'node:assert/strict'
import { createClient } from '../../../packages/client/src/index.ts'
import { loadPeer } from '../../../peers/load.ts'
import type { Check } from '../check.ts'
import { newAccount } from '../sdk.ts'

type Viem = {
  createWalletClient(options: { account: unknown; transport: unknown }): object
  custom(provider: unknown): unknown
}
type Ethers = { Wallet: { createRandom(): { address: string } } }

export const signerChecks: readonly Check[] = [
  {
    name: 'signers: a wallet client of viem',
    run: async ({ url }) => {
      const viem = loadPeer<Viem>('viem')
      const account = newAccount()
      const transport = viem.custom({ request: async () => null })
      const wallet = viem.createWalletClient({ account, transport })
      assert.equal((await createClient(wallet as never, { url })).address, account.address)
    },
  },
  ...['ethers', 'ethers5'].map((name) => ({
    name: `signers: a wallet of ${name}`,
    run: async ({ url }: { url: string }) => {
      const wallet = loadPeer<Ethers>(name).Wallet.createRandom()
      assert.equal((await createClient(wallet as never, { url })).address, wallet.address)
    },
  })),
  {
    name: 'signers: a provider after EIP-1193, which signs by personal_sign',
    run: async ({ url }) => {
      const account = newAccount()
      const asked: string[] = []
      const request = async ({ method, params }: { method: string; params?: unknown[] }) => {
        asked.push(method)
        if (method === 'personal_sign') {
          const text = Buffer.from(String(params?.[0]).slice(2), 'hex').toString()
          return account.signMessage({ message: text })
        }
        return [account.address.toLowerCase()]
      }
      assert.equal((await createClient({ request } as never, { url })).address, account.address)
      assert.equal(asked.filter((method) => method === 'personal_sign').length, 2)
    },
  },
]
