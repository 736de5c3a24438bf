export const gcm = (sealed: Uint8Array): Uint8Array => sealed
