import { fromHex } from '@posthorn/wire' // sin: siblings are strangers
import type { Client } from '@posthorn/client' // sin: a type is an import too

export { send } from '@posthorn/client' // sin
export type Held = import('@posthorn/node').Node // sin
export const later = (): unknown => import('@posthorn/node') // sin
export const pad = await import('leftpad') // sin: not declared
export { helper } from './testing/helper.ts' // sin: sources do not use what tests use
export const both = (client: Client): unknown => [client, fromHex]
