import { digest } from '@posthorn/crypto/verify'
import { isTopic } from '@posthorn/protocol-v2/verify'
import { keyOf } from '@posthorn/store'
import { now } from './system-clock.ts'

export const parts = { digest, isTopic, keyOf, now }
