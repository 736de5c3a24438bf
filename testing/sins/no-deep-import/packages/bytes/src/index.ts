import { secret } from '@posthorn/errors/src/secret.ts' // sin
import { secret as other } from '../../errors/src/secret.ts' // sin
import { secret as fine } from '@posthorn/errors'

export const all = [secret, other, fine]
