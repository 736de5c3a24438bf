export const digest = (data: Uint8Array): Uint8Array => data.slice(0, 32)
