// The port behind which private keys live: in memory, in another process, in a wallet. It signs, encrypts and
// decrypts on request, and hands the keys out only when asked to export them.

import type { PublicKeyBundle, WalletSigner } from '@posthorn/identity'
import type { ConsentAction } from '../consent-action.ts'
import type { HmacKey } from '../hmac-key.ts'
import type { OpenMessageInput, SealMessageInput } from '../message.ts'
import type { OpenMessageV1Input, SealMessageV1Input } from '../message-v1.ts'
import type { OpenedMessage, SealedMessage } from '../opened-message.ts'
import type {
  CreatedInvitation,
  CreateInvitationInput,
  OpenedInvitation,
  OpenInvitationInput,
} from '../sealed-invitation.ts'

/** One account's private keys, asked to do things. Every method rejects with `keystore/closed` once closed. */
export type Keystore = AsyncDisposable & {
  /** The account, in EIP-55 form. */
  readonly address: string
  /** The account's public keys, with its current pre-key. */
  readonly keyBundle: PublicKeyBundle
  sealMessageV1(input: Omit<SealMessageV1Input, 'identity'>): Promise<SealedMessage>
  openMessageV1(input: Omit<OpenMessageV1Input, 'identity'>): Promise<OpenedMessage>
  sealMessage(input: Omit<SealMessageInput, 'identity'>): Promise<SealedMessage>
  openMessage(input: Omit<OpenMessageInput, 'selfAddress' | 'senders'>): Promise<OpenedMessage>
  createInvitation(input: Omit<CreateInvitationInput, 'identity'>): Promise<CreatedInvitation>
  openInvitation(input: Omit<OpenInvitationInput, 'identity'>): Promise<OpenedInvitation>
  /** The topic of the account's consent log. */
  consentTopic(): Promise<string>
  sealConsentAction(action: ConsentAction): Promise<Uint8Array>
  openConsentAction(bytes: Uint8Array): Promise<ConsentAction>
  /** The topic of one of the account's private logs: what it notes for its own clients, such as `escrow`. */
  privateLogTopic(name: string): Promise<string>
  sealPrivateEntry(name: string, value: Uint8Array): Promise<Uint8Array>
  openPrivateEntry(name: string, bytes: Uint8Array): Promise<Uint8Array>
  /** Bytes of the token that lets the account publish for an hour from `createdNs`. */
  createAuthToken(createdNs: bigint): Promise<Uint8Array>
  /** Keys for a push server to recognise the account's own messages in a conversation. */
  hmacKeys(keyMaterial: Uint8Array, nowMs: number): Promise<readonly HmacKey[]>
  /** The private keys, encrypted for the account's private store topic; asks the wallet for a signature. */
  sealKeyBundle(signer: WalletSigner): Promise<Uint8Array>
  /** The private keys themselves, for another device or a backup. */
  exportKeyBundle(): Promise<Uint8Array>
}
