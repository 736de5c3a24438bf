// Accounts that live for one run, and tokens of them, good and bad.

import { toBase64 } from '@posthorn/bytes'
import { type Crypto, generatePrivateKey, loadCrypto } from '@posthorn/crypto'
import {
  authorizationHeader,
  createAuthToken,
  createKeyBundle,
  createLocalSigner,
} from '@posthorn/identity'
import { bytesOf, type Field, readFields, textField, writeFields } from './protobuf.ts'

/** How a token differs from a good one. */
export type TokenFault = {
  /** Age in minutes; 0 without it. */
  readonly ageMinutes?: number
  /** The address that it claims, instead of its own. */
  readonly address?: string
  /** Number of the field that is left out. */
  readonly without?: 1 | 2 | 3
  readonly hasBrokenSignature?: boolean
}

/** An account. */
export type Account = {
  readonly address: string
  /** The value of an `authorization` header. */
  bearer(fault?: TokenFault): string
}

const nsPerMinute = 60_000_000_000n

/** Makes an account that no one has seen before. */
export async function createAccount(nowMs: () => number): Promise<Account> {
  const crypto = await loadCrypto()
  const signer = createLocalSigner(crypto, generatePrivateKey(crypto))
  const { identityKey } = await createKeyBundle(crypto, { signer, createdMs: nowMs() - 60_000 })
  return {
    address: signer.address,
    bearer: (fault = {}) => {
      const age = BigInt(fault.ageMinutes ?? 0) * nsPerMinute
      const createdNs = BigInt(nowMs()) * 1_000_000n - age
      const token = createAuthToken(crypto, { identityKey, createdNs })
      if (Object.keys(fault).length === 0) return authorizationHeader(token)
      const parts = { crypto, secret: identityKey.secret, createdNs }
      return `Bearer ${toBase64(writeFields(withFault(readFields(token), fault, parts)))}`
    },
  }
}

type Parts = {
  readonly crypto: Pick<Crypto, 'curve' | 'hash'>
  readonly secret: Uint8Array
  readonly createdNs: bigint
}

function withFault(fields: readonly Field[], fault: TokenFault, parts: Parts): readonly Field[] {
  const signed = fault.address === undefined ? fields : ofAddress(fields, fault.address, parts)
  const broken = fault.hasBrokenSignature ? breakSignature(signed) : signed
  return broken.filter(({ number }) => number !== fault.without)
}

function ofAddress(fields: readonly Field[], address: string, parts: Parts): readonly Field[] {
  const { crypto, secret, createdNs } = parts
  const data = writeFields([textField(1, address), { number: 2, value: createdNs }])
  const { compact, recovery } = crypto.curve.sign(crypto.hash.keccak256(data), secret)
  const signature = writeFields([
    { number: 1, value: compact },
    { number: 2, value: BigInt(recovery) },
  ])
  return [
    ...fields.filter(({ number }) => number === 1),
    { number: 2, value: data },
    { number: 3, value: writeFields([{ number: 1, value: signature }]) },
  ]
}

// A bit in the middle of s: still a number of the right size.
function breakSignature(fields: readonly Field[]): readonly Field[] {
  const [whole] = bytesOf(fields, 3)
  if (whole === undefined) return fields
  const broken = whole.slice()
  const at = 48
  broken[at] = (broken[at] ?? 0) ^ 1
  return fields.map((field) => (field.number === 3 ? { number: 3, value: broken } : field))
}
