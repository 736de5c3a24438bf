// What every implementation of the store port must do. An implementation's test calls this.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe } from 'vitest'
import { testAppend } from './contract/append.ts'
import { testBroadcast } from './contract/broadcast.ts'
import type { Open } from './contract/fixtures.ts'
import { testCounts, testDispose } from './contract/lifecycle.ts'
import { testRange } from './contract/range.ts'
import { testSettings } from './contract/settings.ts'
import { testScan, testTail } from './contract/tail.ts'
import { testUpkeep } from './contract/upkeep.ts'

/** Describes the suite for an implementation; `open` gives a new, empty store each time. */
export function testEnvelopeStore(name: string, open: Open): void {
  describe(`${name} keeps the contract of a store`, () => {
    testAppend(open)
    testRange(open)
    testTail(open)
    testScan(open)
    testCounts(open)
    testBroadcast(open)
    testSettings(open)
    testUpkeep(open)
    testDispose(open)
  })
}
