// Wallet signers out of whatever an application has: nothing here depends on a wallet library, things are
// recognised by their shape.

import { fromHex, toHex, toUtf8 } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { UsageError, VerificationError } from '@posthorn/errors'
import { createLocalSigner, parseAddress, type WalletSigner } from '@posthorn/identity'

/** An account of viem, as `privateKeyToAccount` makes it. */
export type ViemAccountLike = {
  readonly address: string
  signMessage(input: { readonly message: unknown }): Promise<string>
}

/** A wallet client of viem, with or without a fixed account. */
export type ViemWalletClientLike = {
  readonly account?: { readonly address: string } | undefined
  getAddresses(): Promise<readonly string[]>
  signMessage(input: { readonly account?: unknown; readonly message: unknown }): Promise<string>
}

/** A signer of ethers 5 or 6. */
export type EthersSignerLike = {
  getAddress(): Promise<string>
  signMessage(message: string): Promise<string>
}

/** A wallet in a browser (EIP-1193), as `window.ethereum` is one. */
export type Eip1193ProviderLike = {
  request(input: unknown): Promise<unknown>
}

/** Everything that {@link signerFrom} takes; a private key is 32 bytes or their hex text. */
export type WalletSource =
  | WalletSigner
  | ViemAccountLike
  | ViemWalletClientLike
  | EthersSignerLike
  | Eip1193ProviderLike
  | `0x${string}`
  | Uint8Array

const walletSignatureBytes = 65

/**
 * The signer of a viem account or wallet client, an ethers signer, an EIP-1193 provider or a private key.
 * Asks the wallet for its address where need be, and for nothing else.
 *
 * @throws UsageError `client/unknown-wallet`, `client/no-account`, `client/bad-private-key`
 */
export async function signerFrom(crypto: Crypto, source: WalletSource): Promise<WalletSigner> {
  if (typeof source === 'string' || source instanceof Uint8Array) return keySigner(crypto, source)
  if (typeof source !== 'object' || source === null) throw unknownWallet()
  const found = await recognised(source)
  return {
    address: parseAddress(crypto, found.address),
    signText: async (text) => walletSignature(await asked(() => found.sign(text))),
  }
}

type Recognised = {
  readonly address: string
  sign(text: string): Promise<unknown>
}

async function recognised(source: object): Promise<Recognised> {
  if (has(source, 'signText') && 'address' in source) {
    const signer = source as WalletSigner
    return { address: signer.address, sign: (text) => signer.signText(text) }
  }
  if (has(source, 'signMessage')) {
    if (has(source, 'getAddress')) return ethersSigner(source as EthersSignerLike)
    if (has(source, 'getAddresses')) return viemWalletClient(source as ViemWalletClientLike)
    if ('address' in source) {
      const account = source as ViemAccountLike
      return { address: account.address, sign: (message) => account.signMessage({ message }) }
    }
  }
  if (has(source, 'request')) return eip1193Provider(source as Eip1193ProviderLike)
  throw unknownWallet()
}

function keySigner(crypto: Crypto, key: string | Uint8Array): WalletSigner {
  const isHex = typeof key !== 'string' || /^(0x)?[0-9a-fA-F]{64}$/.test(key)
  const secret = typeof key === 'string' && isHex ? fromHex(key) : key
  if (typeof secret === 'string' || !crypto.curve.isPrivateKey(secret)) {
    throw new UsageError(
      'client/bad-private-key',
      'Read private key: expected 32 bytes, or 0x and 64 hex digits, that are a secp256k1 key',
    )
  }
  return createLocalSigner(crypto, secret)
}

async function ethersSigner(signer: EthersSignerLike): Promise<Recognised> {
  return { address: await signer.getAddress(), sign: (text) => signer.signMessage(text) }
}

async function viemWalletClient(client: ViemWalletClientLike): Promise<Recognised> {
  const address = client.account?.address ?? (await client.getAddresses())[0]
  if (address === undefined) throw noAccount()
  const account = client.account ?? address
  return { address, sign: (message) => client.signMessage({ account, message }) }
}

async function eip1193Provider(provider: Eip1193ProviderLike): Promise<Recognised> {
  const accounts = await asked(() => provider.request({ method: 'eth_requestAccounts' }))
  const address: unknown = Array.isArray(accounts) ? accounts[0] : undefined
  if (typeof address !== 'string') throw noAccount()
  return {
    address,
    sign: (text) =>
      provider.request({ method: 'personal_sign', params: [`0x${toHex(toUtf8(text))}`, address] }),
  }
}

// Whatever a wallet throws, most often "the user said no", becomes one error of ours.
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    throw new UsageError(
      'client/wallet-refused',
      'Ask wallet: the wallet or its user refused, or the wallet failed',
      { cause },
    )
  }
}

// Contract wallets answer with longer signatures, which no V1/V2 reader can check.
function walletSignature(answer: unknown): Uint8Array {
  const bytes = typeof answer === 'string' ? fromHex(answer) : answer
  if (bytes instanceof Uint8Array && bytes.length === walletSignatureBytes) return bytes
  throw new VerificationError(
    'client/contract-wallet',
    `Ask wallet: expected a signature of ${walletSignatureBytes} bytes by a private key; contract wallets cannot be used here`,
  )
}

function has(source: object, method: string): boolean {
  return typeof (source as Record<string, unknown>)[method] === 'function'
}

function noAccount(): UsageError {
  return new UsageError('client/no-account', 'Ask wallet for its address: it gave no account')
}

function unknownWallet(): UsageError {
  return new UsageError(
    'client/unknown-wallet',
    'Recognise wallet: expected a viem account or wallet client, an ethers signer, an EIP-1193 provider, a private key (32 bytes or 0x hex) or { address, signText }',
  )
}
