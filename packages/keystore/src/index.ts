// Where the keys of an account lie while no program runs, and who may use them while one does.

export type { KeystoreClock } from './locking/idle-watch.ts'
export {
  createLockingKeystore,
  type LockingKeystore,
  type LockingKeystoreOptions,
} from './locking/locking-keystore.ts'
export { type ConnectKeystoreOptions, connectKeystore } from './remote/connect-keystore.ts'
export type { MessagePortLike } from './remote/message-port.ts'
export {
  type KeystoreRequest,
  type KeystoreServer,
  type ServeKeystoreOptions,
  serveKeystore,
} from './remote/serve-keystore.ts'
export type { ServiceName } from './remote/services.ts'
export { rotateKeyBundle } from './rotate-key-bundle.ts'
export {
  decodeKeptKeys,
  encodeKeptKeys,
  type KeptKeys,
  type KnownRecord,
} from './vault/kept-keys.ts'
export type { KeyOwner, KeyVault } from './vault/key-vault.ts'
export { createMemoryVault } from './vault/memory-vault.ts'
