// sin: camel case
export const toHex = (byte: number): string => byte.toString(16)
