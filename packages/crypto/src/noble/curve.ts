import type { Curve } from '../port.ts'
import { strictCurve } from '../strict-curve.ts'
import { nobleArithmetic } from './arithmetic.ts'

/** secp256k1 in plain JavaScript; runs everywhere. */
export const nobleCurve: Curve = strictCurve(nobleArithmetic)
