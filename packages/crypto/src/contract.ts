// biome-ignore-all lint/correctness/noUndeclaredDependencies: a test suite that the root's test tools run
// The suite that every back end of the crypto port passes. Its tests need vitest and fast-check.

import { beforeAll, describe } from 'vitest'
import { testAead } from './contract/aead.ts'
import { testConstructions } from './contract/constructions.ts'
import { testCurve } from './contract/curve.ts'
import { testCurveRefusals } from './contract/curve-refusals.ts'
import { testHashes } from './contract/hashes.ts'
import { testRandomBytes } from './contract/random-bytes.ts'
import type { Crypto } from './port.ts'

/** Declares the tests of one back end; `load` gives it in the state to be tested. */
export function testCrypto(name: string, load: () => Promise<Crypto>): void {
  describe(`crypto contract: ${name}`, () => {
    let loaded: Crypto | undefined
    beforeAll(async () => {
      loaded = await load()
    })
    const subject = (): Crypto => {
      if (loaded === undefined) throw new TypeError('the back end is loaded before its tests run')
      return loaded
    }
    testCurve(subject)
    testCurveRefusals(subject)
    testHashes(subject)
    testAead(subject)
    testConstructions(subject)
    testRandomBytes(subject)
  })
}
