// The wire: generated codecs of protos/, and the two functions that everything else calls them by.

import { CodecError } from '@posthorn/errors'
import { BinaryReader } from './binary-reader.ts'
import { BinaryWriter } from './binary-writer.ts'
import type { MessageFns } from './gen/xmtp/message_contents/content.ts'

export {
  ErrorCode,
  JobType,
  PrivatePreferencesActionMap,
  TopicMap,
  TopicMap_TopicData,
} from './gen/xmtp/keystore_api/v1/keystore.ts'
export {
  AuthData,
  Token,
} from './gen/xmtp/message_api/v1/authn.ts'
export {
  BatchQueryRequest,
  BatchQueryResponse,
  Cursor,
  Envelope,
  IndexCursor,
  NumberedEnvelope,
  PagingInfo,
  PublishRequest,
  PublishResponse,
  QueryRequest,
  QueryResponse,
  Resume,
  SortDirection,
  SubscribeAllRequest,
  SubscribeRequest,
  TopicPosition,
} from './gen/xmtp/message_api/v1/message_api.ts'
export {
  Ciphertext,
  Ciphertext_Aes256gcmHkdfsha256,
} from './gen/xmtp/message_contents/ciphertext.ts'
export {
  Composite,
  Composite_Part,
} from './gen/xmtp/message_contents/composite.ts'
export {
  ConsentProofPayload,
  ConsentProofPayloadVersion,
  PrivatePreferencesAction,
  PrivatePreferencesAction_AllowAddress,
  PrivatePreferencesAction_AllowGroup,
  PrivatePreferencesAction_AllowInboxId,
  PrivatePreferencesAction_DenyAddress,
  PrivatePreferencesAction_DenyGroup,
  PrivatePreferencesAction_DenyInboxId,
  PrivatePreferencesPayload,
} from './gen/xmtp/message_contents/consent.ts'
export {
  ContactBundle,
  ContactBundleV1,
  ContactBundleV2,
} from './gen/xmtp/message_contents/contact.ts'
export {
  Compression,
  ContentTypeId,
  EncodedContent,
} from './gen/xmtp/message_contents/content.ts'
export { ConversationReference } from './gen/xmtp/message_contents/conversation_reference.ts'
export {
  SignedEciesCiphertext,
  SignedEciesCiphertext_Ecies,
} from './gen/xmtp/message_contents/ecies.ts'
export {
  InvitationV1,
  InvitationV1_Aes256gcmHkdfsha256,
  InvitationV1_Context,
  SealedInvitation,
  SealedInvitationHeaderV1,
  SealedInvitationV1,
} from './gen/xmtp/message_contents/invitation.ts'
export {
  DecodedMessage,
  Message,
  MessageHeaderV1,
  MessageHeaderV2,
  MessageV1,
  MessageV2,
  SignedContent,
} from './gen/xmtp/message_contents/message.ts'
export {
  EncryptedPrivateKeyBundle,
  EncryptedPrivateKeyBundleV1,
  PrivateKey,
  PrivateKey_Secp256k1,
  PrivateKeyBundle,
  PrivateKeyBundleV1,
  PrivateKeyBundleV2,
  SignedPrivateKey,
  SignedPrivateKey_Secp256k1,
} from './gen/xmtp/message_contents/private_key.ts'
export {
  PublicKey,
  PublicKey_Secp256k1Uncompressed,
  PublicKeyBundle,
  SignedPublicKey,
  SignedPublicKeyBundle,
  UnsignedPublicKey,
  UnsignedPublicKey_Secp256k1Uncompressed,
} from './gen/xmtp/message_contents/public_key.ts'
export {
  Signature,
  Signature_ECDSACompact,
  Signature_WalletECDSACompact,
} from './gen/xmtp/message_contents/signature.ts'

/** A generated codec for messages of type `T`. */
export type Codec<T> = MessageFns<T>

// One for all messages: encoding calls nobody who could encode meanwhile.
const writer = new BinaryWriter()

/**
 * Encodes a message with its generated codec. Fields are written in declaration order.
 *
 * @throws UsageError `wire/bad-integer` for a number that its field cannot hold
 */
export function encode<T>(codec: Codec<T>, message: T): Uint8Array {
  try {
    return codec.encode(message, writer).finish()
  } catch (error) {
    writer.reset()
    throw error
  }
}

/**
 * Decodes bytes with a generated codec. Byte fields of the result are views into `bytes`.
 *
 * @param typeName name of the message type, for the error text
 * @throws CodecError `wire/malformed` when the bytes are not such a message
 */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array, typeName: string): T {
  const reader = new BinaryReader(bytes)
  let message: T
  try {
    message = codec.decode(reader)
  } catch (cause) {
    throw malformed(bytes, typeName, cause)
  }
  // Generated code stops in silence at tag 0 and at the end of a group that never began.
  if (reader.pos !== reader.len) throw malformed(bytes, typeName)
  return message
}

function malformed(bytes: Uint8Array, typeName: string, cause?: unknown): CodecError {
  return new CodecError('wire/malformed', `Decode ${typeName}: not a valid protobuf encoding`, {
    cause,
    details: { typeName, lengthBytes: bytes.length },
  })
}
