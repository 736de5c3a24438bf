// How an account without a key takes part: it names an account with a key that speaks for it. The contract
// wallet signs the statement (ERC-1271); anyone who can ask its chain can check it.

import { fromHex, toHex } from '@posthorn/bytes'
import { CodecError, ProtocolError, VerificationError } from '@posthorn/errors'
import { textAt } from '../read-json.ts'
import type { WalletAccount, WalletCall } from './chains.ts'
import type { TextSigner } from './key-wallet-signer.ts'
import { verifyWalletSignature } from './verify-wallet-signature.ts'

/** Who speaks for a wallet. Addresses are lower case. */
export type Delegation = {
  readonly wallet: WalletAccount
  /** An account with a key; messages for the wallet go to it, and its messages are the wallet's. */
  readonly delegate: string
  /** Milliseconds since 1970. Of two statements the later one holds. */
  readonly issuedMs: number
}

/** Options of {@link verifyDelegation}. */
export type VerifyDelegationOptions = WalletCall & {
  /**
   * The account that the statement has to be of. Its chain is part of it: at the same address of another
   * chain, somebody else's contract may say yes to anything. Left open, the statement names it, which is for
   * statements that come from a place that only the wallet's owner can write to.
   */
  readonly wallet: { readonly address: string; readonly chainId: number | undefined }
}

/** The ENS text record in which a wallet's name carries its statement. */
export const delegationRecordKey = 'com.posthorn.delegate'

const addressForm = /^0x[0-9a-fA-F]{40}$/
const maxRecordChars = 16_384

/** The text that the wallet signs, and shows to whoever approves it. */
export function delegationText({ wallet, delegate, issuedMs }: Delegation): string {
  return [
    'Posthorn : Name a messaging delegate',
    '',
    `Wallet: ${wallet.address.toLowerCase()} on chain ${wallet.chainId}`,
    `Delegate: ${delegate.toLowerCase()}`,
    `Issued: ${new Date(issuedMs).toISOString()}`,
    '',
    'Messages to the wallet go to the delegate, and the delegate answers for the wallet.',
  ].join('\n')
}

/**
 * Has a contract wallet name its delegate. Resolves to the statement as text: the value of the wallet's ENS
 * text record {@link delegationRecordKey}, or for whatever else carries text.
 *
 * @throws whatever the wallet throws
 */
export async function createDelegation(
  signer: TextSigner,
  delegation: Omit<Delegation, 'wallet'> & { readonly chainId: number },
): Promise<string> {
  const { chainId, delegate, issuedMs } = delegation
  const wallet = { address: signer.address, chainId }
  const signature = await signer.signText(delegationText({ wallet, delegate, issuedMs }))
  return JSON.stringify({
    wallet: wallet.address.toLowerCase(),
    chainId,
    delegate: delegate.toLowerCase(),
    issued: new Date(issuedMs).toISOString(),
    signature: `0x${toHex(signature)}`,
  })
}

/**
 * Checks a statement against the wallet's chain, as it is now: when the wallet has changed hands since, its
 * contract says no.
 *
 * @throws CodecError `names/bad-delegation`; VerificationError `names/delegation-of-another`,
 * `names/delegation-not-signed`; UsageError `names/chain-not-configured`; TransportError `names/unavailable`
 */
export async function verifyDelegation(
  record: string,
  options: VerifyDelegationOptions,
): Promise<Delegation> {
  const { delegation, signature } = decodeDelegation(record)
  const { wallet } = delegation
  const { address, chainId = wallet.chainId } = options.wallet
  if (wallet.address !== address.toLowerCase() || wallet.chainId !== chainId) {
    throw new VerificationError(
      'names/delegation-of-another',
      'Verify delegation: found the statement of another wallet or chain, wanted the one asked for',
    )
  }
  const text = delegationText(delegation)
  const by = await verifyWalletSignature({ ...options, ...wallet, text, signature })
  if (by === undefined) {
    throw new VerificationError(
      'names/delegation-not-signed',
      'Verify delegation: found a signature that the wallet does not know, wanted its own',
    )
  }
  return delegation
}

function decodeDelegation(record: string): { delegation: Delegation; signature: Uint8Array } {
  const json = record.length > maxRecordChars ? undefined : parseJson(record)
  const address = textAt(json, 'wallet') ?? ''
  const delegate = textAt(json, 'delegate') ?? ''
  const issuedMs = Date.parse(textAt(json, 'issued') ?? '')
  const chainId = Number((json as { readonly chainId?: unknown } | undefined)?.chainId)
  const signature = parseHex(textAt(json, 'signature') ?? '')
  const isWhole =
    addressForm.test(address) &&
    addressForm.test(delegate) &&
    Number.isSafeInteger(chainId) &&
    chainId > 0 &&
    !Number.isNaN(issuedMs) &&
    signature !== undefined
  if (!isWhole) throw badDelegation()
  const wallet = { address: address.toLowerCase(), chainId }
  return { delegation: { wallet, delegate: delegate.toLowerCase(), issuedMs }, signature }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function parseHex(text: string): Uint8Array | undefined {
  try {
    return text.startsWith('0x') ? fromHex(text.slice(2)) : undefined
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

function badDelegation(): CodecError {
  return new CodecError(
    'names/bad-delegation',
    'Verify delegation: found another text, wanted a statement made by createDelegation',
  )
}
