import type { open } from '@posthorn/protocol-v2/verify' // sin

export type Open = typeof open
