export const open = (sealed: Uint8Array): Uint8Array => sealed
