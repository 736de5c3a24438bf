// A device that is a browser: IndexedDB for both.

import { createIndexedDbVault } from '@posthorn/keystore/indexeddb'
import { openIndexedDbStore } from '@posthorn/local-store/indexeddb'
import type { Device } from './device.ts'

/** Databases of the page's origin. */
export const device: Device = {
  vault: createIndexedDbVault(),
  openStore: openIndexedDbStore,
}
