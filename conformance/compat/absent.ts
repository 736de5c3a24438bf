// Names that the published package exports and the facade does not, with the reason. docs/migrating.md says it to readers.

const snap = 'Keys that live in a MetaMask Snap cannot be used: the Snap is no longer published'
const keystore = 'Keys are behind the key stores of @posthorn/keystore, of which there are several'
const sealed =
  'Keys and sealed bytes are no business of an application; whoever needs them finds them in @posthorn/identity and @posthorn/protocol-v2'

/** The reason for each name. */
export const absent: Readonly<Record<string, string>> = {
  EncryptedPersistence:
    'What a client keeps is encrypted anyway, in the store of @posthorn/local-store',
  LocalAuthenticator: 'Clients make their tokens themselves',
  InMemoryKeystore: keystore,
  Keystore: keystore,
  KeystoreApiDefs: keystore,
  KeystoreApiEntries: keystore,
  KeystoreApiMethods: keystore,
  KeystoreApiRequestEncoders: keystore,
  KeystoreApiRequestValues: keystore,
  KeystoreApiResponseDecoders: keystore,
  KeystoreInterface: keystore,
  KeystoreInterfaceRequestValues: keystore,
  KeystoreInterfaces: keystore,
  KeystoreRPC: keystore,
  KeystoreRPCCodec: keystore,
  TopicData: keystore,
  keystoreApiDefs: keystore,
  SnapKeystoreApiDefs: snap,
  SnapKeystoreApiEntries: snap,
  SnapKeystoreApiMethods: snap,
  SnapKeystoreApiRequestEncoders: snap,
  SnapKeystoreApiRequestValues: snap,
  SnapKeystoreApiResponseDecoders: snap,
  SnapKeystoreInterface: snap,
  SnapKeystoreInterfaceRequestValues: snap,
  SnapProvider: snap,
  snapKeystoreApiDefs: snap,
  InvitationV1: sealed,
  Message: sealed,
  MessageV1: sealed,
  MessageV2: sealed,
  PrivateKey: sealed,
  PrivateKeyBundle: sealed,
  PrivateKeyBundleV1: sealed,
  PrivateKeyBundleV2: sealed,
  PublicKey: sealed,
  SealedInvitation: sealed,
  Signature: sealed,
  SignedPublicKey: sealed,
}
