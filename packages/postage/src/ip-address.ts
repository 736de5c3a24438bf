// IP addresses as numbers, so that every way of writing one means the same client.

/** An address of either version. IPv4 is what IPv6 maps it to (`::ffff:a.b.c.d`) and no address of its own. */
export type IpAddress = {
  readonly version: 4 | 6
  /** 32 or 128 bits. */
  readonly bits: bigint
}

/** The address that a text names, undefined when it names none. A zone (`%eth0`) is dropped. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.length > 64) return undefined
  const [address = ''] = text.split('%', 1)
  if (!address.includes(':')) {
    const bits = parseV4(address)
    return bits === undefined ? undefined : { version: 4, bits }
  }
  const bits = parseV6(address)
  if (bits === undefined) return undefined
  return bits >> 32n === 0xffffn ? { version: 4, bits: bits & 0xffff_ffffn } : { version: 6, bits }
}

/** The text of an address: dotted for IPv4, as RFC 5952 has it for IPv6. */
export function ipAddressText({ version, bits }: IpAddress): string {
  return version === 4 ? fields(bits, 4, 8).join('.') : textV6(fields(bits, 8, 16))
}

/** Bits of an address of a version. */
export function addressBits(version: IpAddress['version']): 32 | 128 {
  return version === 4 ? 32 : 128
}

// A leading zero means octal to some programs and nothing to others: such texts are refused.
function parseV4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let bits = 0
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    bits = bits * 256 + Number(part)
  }
  return BigInt(bits)
}

function parseV6(text: string): bigint | undefined {
  const halves = withoutDots(text)?.split('::')
  if (halves === undefined || halves.length > 2) return undefined
  const [head, tail] = [groupsOf(halves[0]), groupsOf(halves[1])]
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...Array<number>(missing).fill(0), ...tail]
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n)
}

// The last 32 bits may be written as IPv4.
function withoutDots(text: string): string | undefined {
  if (!text.includes('.')) return text
  const at = text.lastIndexOf(':') + 1
  const last = parseV4(text.slice(at))
  if (last === undefined) return undefined
  return `${text.slice(0, at)}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`
}

function groupsOf(half: string | undefined): readonly number[] | undefined {
  if (half === undefined || half === '') return []
  const parts = half.split(':')
  if (!parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined
  return parts.map((part) => Number.parseInt(part, 16))
}

function fields(bits: bigint, count: number, width: number): readonly number[] {
  return Array.from({ length: count }, (_, index) =>
    Number(BigInt.asUintN(width, bits >> BigInt((count - 1 - index) * width))),
  )
}

function textV6(groups: readonly number[]): string {
  const { start, length } = longestZeros(groups)
  const hex = groups.map((group) => group.toString(16))
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let length = 0
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0
    if (length > best.length) best = { start: index - length + 1, length }
  }
  return best
}
