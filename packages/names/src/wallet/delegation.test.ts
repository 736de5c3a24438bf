import { loadCrypto } from '@posthorn/crypto'
import {
  createKeyBundle,
  createLocalSigner,
  encodeContactBundle,
  publicKeyBundleOf,
  verifyContactBundle,
} from '@posthorn/identity'
import { createVirtualClock } from '@posthorn/testing'
import { encodeFunctionData, getAddress, type Hex, type LocalAccount, parseAbi } from 'viem'
import { namehash } from 'viem/ens'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEnsResolver } from '../ens.ts'
import { createNames, type Names } from '../names.ts'
import { noAnvil, startTimeoutMs } from '../testing/anvil.ts'
import { write } from '../testing/contracts.ts'
import { type EnsWorld, startEnsWorld } from '../testing/ens-world.ts'
import { signAsWallet, startWalletWorld, type WalletWorld } from '../testing/wallet-world.ts'
import { createDelegation, delegationRecordKey, verifyDelegation } from './delegation.ts'
import { findDelegate } from './find-delegate.ts'

const chainId = 31_337
const issuedMs = Date.UTC(2026, 0, 2)

describe.skipIf(noAnvil !== undefined)('a contract wallet with a delegate', () => {
  let ens: EnsWorld
  let wallets: WalletWorld
  let owner: LocalAccount
  let other: LocalAccount
  let vault: Hex
  const chains = () => ({ [chainId]: ens.chain.url })
  const delegate = '0xde1e9a7e00000000000000000000000000000001'

  beforeAll(async () => {
    ens = await startEnsWorld()
    wallets = await startWalletWorld(ens.chain)
    const [first, , third] = ens.chain.accounts
    if (first === undefined || third === undefined) throw new RangeError('no accounts')
    // The first account is the one that writes to the chain.
    owner = first
    other = third
    vault = getAddress(await wallets.create(owner))
    await ens.give('vault.eth', { address: vault })
    await ens.claim(vault, 'vault.eth')
  }, startTimeoutMs)
  afterAll(async () => {
    await ens?.[Symbol.asyncDispose]()
  })

  async function freshNames(): Promise<Names> {
    const resolver = createEnsResolver({
      ethereum: ens.chain.url,
      universalResolver: ens.universalResolver,
    })
    const crypto = await loadCrypto()
    return createNames({ resolvers: [resolver], crypto, clock: createVirtualClock() })
  }

  const signerOf = (wallet: Hex, account = owner) => ({
    address: wallet,
    signText: (text: string) => signAsWallet(account, text),
  })

  // As a wallet does it: its owner has it call the resolver of its name.
  async function publish(record: string): Promise<void> {
    const data = encodeFunctionData({
      abi: parseAbi(['function setText(bytes32 node, string key, string value)']),
      args: [namehash('vault.eth'), delegationRecordKey, record],
    })
    await write(ens.chain, {
      contract: wallets.wallet,
      address: vault,
      functionName: 'execute',
      args: [ens.recordResolver, data],
    })
  }

  test('messages for it go to a delegate whose keys work, found by its name or address', async () => {
    const crypto = await loadCrypto()
    const speaker = createLocalSigner(crypto, crypto.randomBytes(32))
    const record = await createDelegation(signerOf(vault), {
      chainId,
      delegate: speaker.address,
      issuedMs,
    })
    await publish(record)

    const names = await freshNames()
    for (const asked of ['Vault.eth', vault]) {
      const found = await findDelegate(asked, { names, chains: chains() })
      expect(found?.delegate).toBe(speaker.address.toLowerCase())
      expect(found?.wallet).toEqual({ address: vault.toLowerCase(), chainId })
    }
    const bundle = await createKeyBundle(crypto, { signer: speaker, createdMs: issuedMs })
    const contact = encodeContactBundle({ version: 'v2', keyBundle: publicKeyBundleOf(bundle) })
    expect(verifyContactBundle(crypto, contact).address).toBe(speaker.address)
  })

  test('a wallet without a statement, and a name without a wallet, have no delegate', async () => {
    const plain = getAddress(await wallets.create(owner))
    await ens.give('plain.eth', { address: plain })
    const names = await freshNames()
    expect(await findDelegate('plain.eth', { names, chains: chains() })).toBeUndefined()
    expect(await findDelegate(plain, { names, chains: chains() })).toBeUndefined()
    expect(await findDelegate('nobody.eth', { names, chains: chains() })).toBeUndefined()
  })

  test('error: a statement that somebody else signed is refused', async () => {
    const record = await createDelegation(signerOf(vault, other), { chainId, delegate, issuedMs })
    await publish(record)
    await expect(
      findDelegate('vault.eth', { names: await freshNames(), chains: chains() }),
    ).rejects.toMatchObject({ code: 'names/delegation-not-signed' })
  })

  test.each([
    ['delegate', { delegate: '0xbad0000000000000000000000000000000000bad' }],
    ['time', { issued: '2027-01-01T00:00:00.000Z' }],
  ])('error: a statement whose %s was changed is refused', async (_, change) => {
    const record = await createDelegation(signerOf(vault), { chainId, delegate, issuedMs })
    const changed = JSON.stringify({ ...JSON.parse(record), ...change })
    await expect(
      verifyDelegation(changed, { wallet: { address: vault, chainId }, chains: chains() }),
    ).rejects.toMatchObject({ code: 'names/delegation-not-signed' })
  })

  test('error: the statement of another wallet or chain is refused', async () => {
    const record = await createDelegation(signerOf(vault), { chainId, delegate, issuedMs })
    for (const wallet of [
      { address: other.address, chainId },
      { address: vault, chainId: 1 },
    ]) {
      await expect(verifyDelegation(record, { wallet, chains: chains() })).rejects.toMatchObject({
        code: 'names/delegation-of-another',
      })
    }
  })

  test('error: a statement ends with the wallet that made it changing hands', async () => {
    const wallet = await wallets.create(owner)
    const record = await createDelegation(signerOf(wallet), { chainId, delegate, issuedMs })
    const options = { wallet: { address: wallet, chainId }, chains: chains() }
    expect((await verifyDelegation(record, options)).delegate).toBe(delegate)
    await write(ens.chain, {
      contract: wallets.wallet,
      address: wallet,
      functionName: 'setOwner',
      args: [other.address],
    })
    await expect(verifyDelegation(record, options)).rejects.toMatchObject({
      code: 'names/delegation-not-signed',
    })
  })

  test.each([
    'hello',
    '{}',
    '[]',
    'null',
    '{"wallet":"0x1"}',
    JSON.stringify({ wallet: delegate, delegate, chainId: 1.5, issued: '2026', signature: '0x00' }),
    JSON.stringify({ wallet: delegate, delegate, chainId: 1, issued: 'soon', signature: '0x00' }),
    JSON.stringify({ wallet: delegate, delegate, chainId: 1, issued: '2026', signature: '0xzz' }),
    `{"wallet":"${'x'.repeat(20_000)}"}`,
  ])('error: %.40s is no statement', async (record) => {
    await expect(
      verifyDelegation(record, { wallet: { address: delegate, chainId }, chains: {} }),
    ).rejects.toMatchObject({ code: 'names/bad-delegation' })
  })
})
