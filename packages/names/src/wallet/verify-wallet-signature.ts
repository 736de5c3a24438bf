// Did this account sign this text? For keys, contracts, contracts that are not yet there, and keys that
// have lent their address to a contract (EIP-7702).

import { toHex } from '@posthorn/bytes'
import {
  encodeDeployData,
  erc6492SignatureValidatorAbi,
  erc6492SignatureValidatorByteCode,
  type Hex,
  hashMessage,
  isAddressEqual,
  recoverAddress,
} from 'viem'
import { call } from 'viem/actions'
import { awaitChain, chainClient, isRevert, type WalletAccount, type WalletCall } from './chains.ts'

/**
 * What vouched for a signature: the account's own `key` (with or without a contract lent its address), the
 * `contract` at its address (ERC-1271), or a `future-contract` whose making came with the signature (ERC-6492).
 */
export type SignedBy = 'key' | 'contract' | 'future-contract'

/** Options of {@link verifyWalletSignature}. */
export type VerifyWalletSignatureOptions = WalletCall &
  WalletAccount & {
    /** The text as the wallet showed it (EIP-191 personal_sign). */
    readonly text: string
    readonly signature: Uint8Array
  }

const keySignatureBytes = 65
// The server has to run what stands in here.
const maxSignatureBytes = 65_536
const wrapperMagic = '6492'.repeat(16)

/**
 * What vouches for a wallet's signature, `undefined` when nothing does. Signatures of keys are checked here; for
 * all others the account's chain is asked by one `eth_call`, which changes nothing there.
 *
 * @throws UsageError `names/chain-not-configured`; TransportError `names/unavailable` when the chain cannot be
 * asked, which says nothing about the signature, `names/cancelled`
 */
export async function verifyWalletSignature(
  options: VerifyWalletSignatureOptions,
): Promise<SignedBy | undefined> {
  const { text, signature } = options
  if (!/^0x[0-9a-fA-F]{40}$/.test(options.address)) return undefined
  if (signature.length === 0 || signature.length > maxSignatureBytes) return undefined
  const address = options.address.toLowerCase() as Hex
  const hash = hashMessage(text)
  const hex: Hex = `0x${toHex(signature)}`
  if (await isOfKey({ address, hash, hex })) return 'key'
  if (!(await isOfContract(options, { address, hash, hex }))) return undefined
  return hex.endsWith(wrapperMagic) ? 'future-contract' : 'contract'
}

type Claim = { readonly address: Hex; readonly hash: Hex; readonly hex: Hex }

async function isOfKey({ address, hash, hex }: Claim): Promise<boolean> {
  if (hex.length !== 2 + keySignatureBytes * 2) return false
  try {
    return isAddressEqual(await recoverAddress({ hash, signature: hex }), address)
  } catch {
    return false
  }
}

// The validator runs as the constructor of a contract that never comes to be: it makes the wallet if the
// signature says how, asks it, and returns one byte.
async function isOfContract(
  options: VerifyWalletSignatureOptions,
  { address, hash, hex }: Claim,
): Promise<boolean> {
  const client = chainClient(options, options.chainId)
  const data = encodeDeployData({
    abi: erc6492SignatureValidatorAbi,
    bytecode: erc6492SignatureValidatorByteCode,
    args: [address, hash, hex],
  })
  return awaitChain(options.signal, async () => {
    try {
      return (await call(client, { data })).data === '0x01'
    } catch (error) {
      if (isRevert(error)) return false
      throw error
    }
  })
}
