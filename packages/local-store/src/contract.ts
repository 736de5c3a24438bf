// What every engine of the local store must do. An engine's test calls this.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe } from 'vitest'
import { testConversations } from './contract/conversations.ts'
import type { Harness } from './contract/fixtures.ts'
import { testLifecycle } from './contract/lifecycle.ts'
import { testMessages } from './contract/messages.ts'
import { testOracle } from './contract/oracle-test.ts'
import { testOutbox } from './contract/outbox.ts'
import { testSearch } from './contract/search.ts'
import { testSharing } from './contract/sharing.ts'
import { testSmallRecords } from './contract/small-records.ts'
import { testTampering } from './contract/tampering.ts'

export type { Harness, Medium } from './contract/fixtures.ts'

/** Describes the suite for an engine; `newMedium` gives a new, empty medium each time. */
export function testLocalStore(name: string, newMedium: Harness): void {
  describe(`${name} keeps the contract of a local store`, () => {
    testConversations(newMedium)
    testMessages(newMedium)
    testSmallRecords(newMedium)
    testSearch(newMedium)
    testOutbox(newMedium)
    testLifecycle(newMedium)
    testSharing(newMedium)
    testTampering(newMedium)
    testOracle(newMedium)
  })
}
