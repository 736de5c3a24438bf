import { open } from '@posthorn/envelope'
import type { Identity } from '@posthorn/identity' // sin

export const all = (identity: Identity): unknown => [identity, open]
