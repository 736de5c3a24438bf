// Accounts with keys, tokens and contact bundles, made with the published curve code and the published
// message definitions, each part replaceable so that checks can make wrong ones.

import { randomBytes } from 'node:crypto'
import { loadPeer } from '../../peers/load.ts'

type Writer = { finish(): Uint8Array }
type Encoder = { encode(value: unknown): Writer }
type Noble = {
  secp256k1: {
    CURVE: { n: bigint }
    getPublicKey(key: Uint8Array, isCompressed: boolean): Uint8Array
    sign(hash: Uint8Array, key: Uint8Array): { toCompactRawBytes(): Uint8Array; recovery: number }
  }
}
type Wallet = { address: string; signMessage(input: { message: string }): Promise<`0x${string}`> }

const { authn, publicKey, contact } = loadPeer<{
  authn: { Token: Encoder; AuthData: Encoder }
  publicKey: { PublicKey: Encoder; SignedPublicKey: Encoder; PublicKeyBundle: Encoder }
  contact: { ContactBundle: Encoder }
}>('@xmtp/proto')
const { secp256k1 } = loadPeer<Noble>('@noble/curves/secp256k1')
const { keccak256, sha256 } = loadPeer<{
  keccak256(bytes: Uint8Array, to: 'bytes'): Uint8Array
  sha256(bytes: Uint8Array, to: 'bytes'): Uint8Array
}>('viem')
const { privateKeyToAccount } = loadPeer<{ privateKeyToAccount(key: string): Wallet }>(
  'viem/accounts',
)
const Long = loadPeer<{ fromString(text: string, isUnsigned: boolean): unknown }>('long')

export type Compact = { bytes: Uint8Array; recovery: number }
export type TokenParts = {
  createdNs?: bigint
  address?: string
  arm?: 'ecdsaCompact' | 'walletEcdsaCompact'
  authArm?: 'ecdsaCompact' | 'walletEcdsaCompact'
  changeWalletSignature?: (signature: Compact) => Compact
  changeAuthSignature?: (signature: Compact) => Compact
  omit?: readonly ('identityKey' | 'authDataBytes' | 'authDataSignature' | 'walletSignature')[]
}
export type BundleParts = {
  version?: 'v1' | 'v2'
  preKeySigner?: Uint8Array
  isPreKeyUnsigned?: boolean
  preKeyMs?: bigint
}
export type Account = {
  readonly address: string
  readonly identityPrivate: Uint8Array
  readonly contactTopic: string
  /** Base64 of a token. */
  token(parts?: TokenParts): string
  /** An `authorization` header. */
  bearer(parts?: TokenParts): string
  bundle(parts?: BundleParts): Uint8Array
  /** The same wallet with a new identity key. */
  rekeyed(createdMs: bigint): Promise<Account>
}

export const nowNs = (): bigint => BigInt(Date.now()) * 1_000_000n

export async function newAccount(): Promise<Account> {
  const wallet = privateKeyToAccount(`0x${randomBytes(32).toString('hex')}`)
  return accountOf(wallet, BigInt(Date.now()) - 60_000n)
}

async function accountOf(wallet: Wallet, createdMs: bigint): Promise<Account> {
  const identityPrivate = randomBytes(32)
  const identityUnsigned = unsignedKey(identityPrivate, createdMs)
  const walletSignature = await signCreateText(wallet, keyBytes(identityUnsigned))

  const token = (parts: TokenParts = {}): string => {
    const { omit = [], arm = 'ecdsaCompact', authArm = 'ecdsaCompact' } = parts
    const authData = authn.AuthData.encode({
      walletAddr: parts.address ?? wallet.address,
      createdNs: unsigned(parts.createdNs ?? nowNs()),
    }).finish()
    const signed = (parts.changeWalletSignature ?? same)(walletSignature)
    const authSigned = (parts.changeAuthSignature ?? same)(
      sign(keccak256(authData, 'bytes'), identityPrivate),
    )
    const signature = omit.includes('walletSignature') ? undefined : { [arm]: signed }
    const bytes = authn.Token.encode({
      identityKey: omit.includes('identityKey') ? undefined : { ...identityUnsigned, signature },
      authDataBytes: omit.includes('authDataBytes') ? new Uint8Array(0) : authData,
      authDataSignature: omit.includes('authDataSignature') ? undefined : { [authArm]: authSigned },
    }).finish()
    return Buffer.from(bytes).toString('base64')
  }

  return {
    address: wallet.address,
    identityPrivate,
    contactTopic: `/xmtp/0/contact-${wallet.address}/proto`,
    token,
    bearer: (parts) => `Bearer ${token(parts)}`,
    bundle: ({ version = 'v2', preKeySigner = identityPrivate, ...rest } = {}) => {
      const preKey = unsignedKey(randomBytes(32), rest.preKeyMs ?? createdMs)
      const preSignature = rest.isPreKeyUnsigned
        ? undefined
        : { ecdsaCompact: sign(sha256(keyBytes(preKey), 'bytes'), preKeySigner) }
      const keyBundle =
        version === 'v1'
          ? {
              identityKey: { ...identityUnsigned, signature: { ecdsaCompact: walletSignature } },
              preKey: { ...preKey, signature: preSignature },
            }
          : {
              identityKey: {
                keyBytes: keyBytes(identityUnsigned),
                signature: { walletEcdsaCompact: walletSignature },
              },
              preKey: { keyBytes: keyBytes(preKey), signature: preSignature },
            }
      return contact.ContactBundle.encode({ [version]: { keyBundle } }).finish()
    },
    rekeyed: (laterMs) => accountOf(wallet, laterMs),
  }
}

/** The other signature that the same key and text have: s replaced by n - s. */
export function highS({ bytes, recovery }: Compact): Compact {
  const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).toString('hex')}`)
  const other = (secp256k1.CURVE.n - s).toString(16).padStart(64, '0')
  return {
    bytes: Buffer.concat([bytes.subarray(0, 32), Buffer.from(other, 'hex')]),
    recovery: recovery ^ 1,
  }
}

type UnsignedKey = { timestamp: unknown; secp256k1Uncompressed: { bytes: Uint8Array } }

function unsignedKey(privateKey: Uint8Array, createdMs: bigint): UnsignedKey {
  const bytes = secp256k1.getPublicKey(privateKey, false)
  return { timestamp: unsigned(createdMs), secp256k1Uncompressed: { bytes } }
}

function keyBytes(key: UnsignedKey): Uint8Array {
  return publicKey.PublicKey.encode(key).finish()
}

async function signCreateText(wallet: Wallet, bytes: Uint8Array): Promise<Compact> {
  const hex = Buffer.from(bytes).toString('hex')
  const message = `XMTP : Create Identity\n${hex}\n\nFor more info: https://xmtp.org/signatures/`
  const signature = Buffer.from((await wallet.signMessage({ message })).slice(2), 'hex')
  return { bytes: signature.subarray(0, 64), recovery: ((signature[64] ?? 27) - 27) & 1 }
}

function sign(hash: Uint8Array, key: Uint8Array): Compact {
  const signature = secp256k1.sign(hash, key)
  return { bytes: signature.toCompactRawBytes(), recovery: signature.recovery }
}

const same = (signature: Compact): Compact => signature
const unsigned = (value: bigint): unknown => Long.fromString(String(value), true)
