// Blocks of IP addresses, written as CIDR.

import { ValidationError } from '@posthorn/errors'
import { addressBits, type IpAddress, ipAddressText, parseIpAddress } from './ip-address.ts'

/** All addresses whose first `prefixBits` bits are those of `bits`; the bits behind them are zero. */
export type AddressBlock = {
  readonly version: IpAddress['version']
  readonly bits: bigint
  /** 0 to 32 or 0 to 128. */
  readonly prefixBits: number
}

/** Looks addresses up in many blocks. */
export type BlockSet = {
  has(address: IpAddress): boolean
}

// One subscriber's line: a home or a server has at least as much of IPv6 to itself.
const ownPrefixBits = { 4: 32, 6: 64 } as const

/**
 * The block that a text names: `192.0.2.0/24`, `2001:db8::/32`, or an address alone for itself.
 *
 * @throws ValidationError `postage/bad-address-block`
 */
export function readAddressBlock(text: string): AddressBlock {
  const slash = text.indexOf('/')
  const address = parseIpAddress(slash < 0 ? text : text.slice(0, slash))
  if (address === undefined || text.includes('%')) throw badBlock('another text')
  const { version, bits } = address
  const isMapped = version === 4 && text.includes(':')
  const wide = addressBits(isMapped ? 6 : version)
  const length = slash < 0 ? wide : readPrefix(text.slice(slash + 1), wide)
  const prefixBits = isMapped ? length - 96 : length
  if (prefixBits < 0) throw badBlock('a block of IPv6 that begins with mapped IPv4')
  const block = blockOf(address, prefixBits)
  if (block.bits !== bits)
    throw badBlock(`bits behind the prefix, the block is ${blockText(block)}`)
  return block
}

/** `192.0.2.0/24`: the one text of a block. */
export function blockText(block: AddressBlock): string {
  return `${ipAddressText(block)}/${block.prefixBits}`
}

/** The block that one client can be told by: /32 of IPv4, /64 of IPv6. */
export function clientBlockOf(address: IpAddress): AddressBlock {
  return blockOf(address, ownPrefixBits[address.version])
}

/** Creates a set; looking up costs one step for each length of prefix in it. */
export function createBlockSet(blocks: Iterable<AddressBlock>): BlockSet {
  const byVersion = { 4: new Map<bigint, Set<bigint>>(), 6: new Map<bigint, Set<bigint>>() }
  for (const { version, bits, prefixBits } of blocks) {
    const shift = BigInt(addressBits(version) - prefixBits)
    const starts = byVersion[version].get(shift) ?? new Set()
    byVersion[version].set(shift, starts.add(bits >> shift))
  }
  return {
    has: ({ version, bits }) => {
      for (const [shift, starts] of byVersion[version]) {
        if (starts.has(bits >> shift)) return true
      }
      return false
    },
  }
}

function blockOf({ version, bits }: IpAddress, prefixBits: number): AddressBlock {
  const shift = BigInt(addressBits(version) - prefixBits)
  return { version, bits: (bits >> shift) << shift, prefixBits }
}

function readPrefix(text: string, max: number): number {
  if (/^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) <= max) return Number(text)
  throw badBlock(`a prefix that is not 0 to ${max}`)
}

function badBlock(found: string): ValidationError {
  return new ValidationError(
    'postage/bad-address-block',
    `Read address block: found ${found}, wanted an IP address or CIDR, as 192.0.2.0/24 or 2001:db8::/32`,
  )
}
