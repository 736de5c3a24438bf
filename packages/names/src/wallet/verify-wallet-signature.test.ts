import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadCrypto } from '@posthorn/crypto'
import { createKeyBundle } from '@posthorn/identity'
import { encodeFunctionData, type Hex, type LocalAccount } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Anvil, noAnvil, startAnvil, startTimeoutMs } from '../testing/anvil.ts'
import {
  signAsKey,
  signAsWallet,
  startWalletWorld,
  type WalletWorld,
} from '../testing/wallet-world.ts'
import { keyWalletSigner } from './key-wallet-signer.ts'
import { verifyWalletSignature } from './verify-wallet-signature.ts'
import { requireKeyWallet, walletKind } from './wallet-kind.ts'

const text = 'Sign in'
const chainId = 31_337

describe.skipIf(noAnvil !== undefined)('verifyWalletSignature', () => {
  let chain: Anvil
  let world: WalletWorld
  let alice: LocalAccount
  let bob: LocalAccount
  const chains = () => ({ [chainId]: chain.url })

  beforeAll(async () => {
    chain = await startAnvil()
    world = await startWalletWorld(chain)
    alice = accountAt(1)
    bob = accountAt(2)
  }, startTimeoutMs)
  afterAll(async () => {
    await chain?.[Symbol.asyncDispose]()
  })

  function accountAt(index: number): LocalAccount {
    const account = chain.accounts[index]
    if (account === undefined) throw new RangeError('no such account')
    return account
  }
  const check = (address: string, signature: Uint8Array, said = text) =>
    verifyWalletSignature({ address, chainId, chains: chains(), text: said, signature })

  test('a key vouches for its own text, and no chain is asked', async () => {
    const signature = await signAsKey(alice, text)
    const offline = { address: alice.address, chainId, chains: {}, text, signature }
    expect(await verifyWalletSignature(offline)).toBe('key')
  })

  test('a key does not vouch for another text or account', async () => {
    const signature = await signAsKey(alice, text)
    expect(await check(alice.address, signature, 'Pay')).toBeUndefined()
    expect(await check(bob.address, signature)).toBeUndefined()
  })

  test('a contract vouches for what its owner signed', async () => {
    const wallet = await world.create(alice)
    expect(await check(wallet, await signAsWallet(alice, text))).toBe('contract')
    expect(await check(wallet, await signAsWallet(bob, text))).toBeUndefined()
    expect(await check(wallet, await signAsWallet(alice, text), 'Pay')).toBeUndefined()
    // Its contract reverts at a signature of this form.
    expect(await check(wallet, await signAsKey(alice, text))).toBeUndefined()
  })

  test('a contract that is not there yet vouches through the signature that makes it', async () => {
    const { address, wrap, make } = await world.future(alice)
    const signature = wrap(await signAsWallet(alice, text))
    expect(await check(address, signature)).toBe('future-contract')
    expect(await check(address, wrap(await signAsWallet(bob, text)))).toBeUndefined()
    expect(await check(bob.address, signature)).toBeUndefined()
    expect(await chain.reader.getCode({ address })).toBeUndefined()

    await make()
    expect(await check(address, await signAsWallet(alice, text))).toBe('contract')
  })

  test('an account that lent its address to a contract vouches by its key and by the contract', async () => {
    const code = await world.create(alice)
    const lender = privateKeyToAccount(generatePrivateKey())
    const session = bob
    const authorization = await lender.signAuthorization({
      contractAddress: code,
      chainId,
      nonce: 0,
    })
    await fund(lender.address)
    const lend = await chain.writer.sendTransaction({
      to: lender.address,
      authorizationList: [authorization],
    })
    await chain.reader.waitForTransactionReceipt({ hash: lend })
    const data = encodeFunctionData({
      abi: world.wallet.abi,
      functionName: 'setOwner',
      args: [session.address],
    })
    const own = await chain.writer.sendTransaction({ account: lender, to: lender.address, data })
    await chain.reader.waitForTransactionReceipt({ hash: own })

    expect(await check(lender.address, await signAsKey(lender, text))).toBe('key')
    expect(await check(lender.address, await signAsWallet(session, text))).toBe('contract')
    expect(await check(lender.address, await signAsWallet(alice, text))).toBeUndefined()
    const account = { address: lender.address, chainId }
    expect(await walletKind(account, { chains: chains() })).toBe('lent-key')
    await requireKeyWallet(account, { chains: chains() })
  })

  test('what is no signature of any form vouches for nothing', async () => {
    const wallet = await world.create(alice)
    for (const length of [0, 1, 64, 65, 66, 500, 70_000]) {
      expect(await check(wallet, new Uint8Array(length))).toBeUndefined()
      expect(await check(alice.address, new Uint8Array(length))).toBeUndefined()
    }
    expect(await check('alice.eth', await signAsKey(alice, text))).toBeUndefined()
  })

  test.each([
    ['closes the connection', undefined],
    ['answers 503', 503],
    ['says that it has too much to do', 200],
  ])('error: a server that %s has not said no', async (_, status) => {
    const wallet = await world.create(alice)
    await using server = await startServer((response) => {
      if (status === undefined) return void response.destroy()
      const error = { code: -32_005, message: 'limit exceeded' }
      response.writeHead(status).end(JSON.stringify({ jsonrpc: '2.0', id: 0, error }))
    })
    const signature = await signAsWallet(alice, text)
    const asked = verifyWalletSignature({
      ...{ address: wallet, chainId, text, signature },
      ...{ chains: { [chainId]: server.url }, batch: false },
    })
    await expect(asked).rejects.toMatchObject({ code: 'names/unavailable' })
  })

  test('error: a contract on a chain that nobody named cannot be asked', async () => {
    const signature = await signAsWallet(alice, text)
    const asked = verifyWalletSignature({
      ...{ address: bob.address, chainId: 10, text, signature },
      chains: chains(),
    })
    await expect(asked).rejects.toMatchObject({ code: 'names/chain-not-configured' })
  })

  test('error: a caller who gives up is let go', async () => {
    await using server = await startServer(() => {})
    const giveUp = new AbortController()
    const signature = await signAsWallet(alice, text)
    const asked = verifyWalletSignature({
      ...{ address: bob.address, chainId, text, signature, signal: giveUp.signal },
      chains: { [chainId]: server.url },
    })
    giveUp.abort()
    await expect(asked).rejects.toMatchObject({ code: 'names/cancelled' })
  })

  describe('requireKeyWallet', () => {
    test('lets accounts with a key pass and refuses contracts', async () => {
      await requireKeyWallet({ address: alice.address, chainId }, { chains: chains() })
      const address = await world.create(alice)
      await expect(
        requireKeyWallet({ address, chainId }, { chains: chains() }),
      ).rejects.toMatchObject({ code: 'names/contract-wallet' })
    })
  })

  describe('keyWalletSigner', () => {
    test('keys cannot be made of a contract wallet, and the error says why', async () => {
      const crypto = await loadCrypto()
      const address = await world.create(alice)
      const { address: future, wrap } = await world.future(bob)
      const signers = [
        { address, signText: (said: string) => signAsWallet(alice, said) },
        { address: future, signText: async (said: string) => wrap(await signAsWallet(bob, said)) },
      ]
      for (const signer of signers) {
        const wrapped = keyWalletSigner(signer, { chainId, chains: chains() })
        await expect(
          createKeyBundle(crypto, { signer: wrapped, createdMs: 1_700_000_000_000 }),
        ).rejects.toMatchObject({ code: 'names/contract-wallet' })
      }
    })

    test('keys of a key wallet are made without asking a chain', async () => {
      const crypto = await loadCrypto()
      const signer = keyWalletSigner(
        { address: alice.address, signText: (said) => signAsKey(alice, said) },
        { chainId, chains: {} },
      )
      await createKeyBundle(crypto, { signer, createdMs: 1_700_000_000_000 })
    })

    test('a key wallet that signs as another is left to who asked', async () => {
      const signer = keyWalletSigner(
        { address: alice.address, signText: (said) => signAsKey(bob, said) },
        { chainId, chains: chains() },
      )
      expect(await signer.signText(text)).toEqual(await signAsKey(bob, text))
    })
  })

  async function fund(address: Hex): Promise<void> {
    const hash = await chain.writer.sendTransaction({ to: address, value: 10n ** 18n })
    await chain.reader.waitForTransactionReceipt({ hash })
  }
})

async function startServer(
  answer: (response: ServerResponse) => unknown,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_, response) => void answer(response))
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
