import { verify } from '@posthorn/crypto/verify'
import { recover } from '@posthorn/identity/verify'
import type { Opened } from '@posthorn/protocol-v2' // sin: even a type
import { isTopic } from '@posthorn/protocol-v2/verify'
import { gcm } from '@posthorn/store'

export type Seen = Opened
export const parts = [verify, recover, isTopic, gcm, new URL('./worker.ts', import.meta.url)]
export const later = (): unknown => import('@posthorn/crypto') // sin: twice, by name and by reach
