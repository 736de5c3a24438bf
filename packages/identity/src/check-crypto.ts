import type { VerifyCrypto } from '@posthorn/crypto/verify'

/** The operations that checking takes; every back end has them. */
export type CheckCrypto = Pick<VerifyCrypto, 'curve' | 'hash'>
