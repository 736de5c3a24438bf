import type { Failure } from '@posthorn/errors'
import './one.ts'

export type Bytes = { readonly failure: Failure }
