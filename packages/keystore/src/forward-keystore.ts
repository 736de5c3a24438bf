import type { Keystore } from '@posthorn/protocol-v2'

/** What a keystore says of itself without its private keys. */
export type KeystoreFace = Pick<Keystore, 'address' | 'keyBundle'>

/** Does a piece of work with a keystore, wherever that comes from. */
export type UseKeystore = <T>(work: (keystore: Keystore) => Promise<T>) => Promise<T>

/** A keystore whose every service is done by the one that `use` finds. */
export function forwardKeystore(
  { address, keyBundle }: KeystoreFace,
  use: UseKeystore,
): Omit<Keystore, typeof Symbol.asyncDispose> {
  return {
    address,
    keyBundle,
    sealMessageV1: (input) => use((each) => each.sealMessageV1(input)),
    openMessageV1: (input) => use((each) => each.openMessageV1(input)),
    sealMessage: (input) => use((each) => each.sealMessage(input)),
    openMessage: (input) => use((each) => each.openMessage(input)),
    createInvitation: (input) => use((each) => each.createInvitation(input)),
    openInvitation: (input) => use((each) => each.openInvitation(input)),
    consentTopic: () => use((each) => each.consentTopic()),
    sealConsentAction: (action) => use((each) => each.sealConsentAction(action)),
    openConsentAction: (bytes) => use((each) => each.openConsentAction(bytes)),
    privateLogTopic: (name) => use((each) => each.privateLogTopic(name)),
    sealPrivateEntry: (...input) => use((each) => each.sealPrivateEntry(...input)),
    openPrivateEntry: (...input) => use((each) => each.openPrivateEntry(...input)),
    createAuthToken: (createdNs) => use((each) => each.createAuthToken(createdNs)),
    hmacKeys: (keyMaterial, nowMs) => use((each) => each.hmacKeys(keyMaterial, nowMs)),
    sealKeyBundle: (signer) => use((each) => each.sealKeyBundle(signer)),
    exportKeyBundle: () => use((each) => each.exportKeyBundle()),
  }
}
