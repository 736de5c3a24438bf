// Where the keys of an account lie while no program runs, and who may use them while one does.

export type { KeystoreClock } from './locking/idle-watch.ts'
export {
  createLockingKeystore,
  type LockingKeystore,
  type LockingKeystoreOptions,
} from './locking/locking-keystore.ts'
export {
  decodeKeptKeys,
  encodeKeptKeys,
  type KeptKeys,
  type KnownRecord,
} from './vault/kept-keys.ts'
export type { KeyOwner, KeyVault } from './vault/key-vault.ts'
export { createMemoryVault } from './vault/memory-vault.ts'
