import type { Bytes } from '@posthorn/bytes' // sin: types, across packages

export type Failure = { readonly bytes: Bytes }
