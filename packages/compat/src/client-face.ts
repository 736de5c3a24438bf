// A client as what belongs to it sees it: conversations, messages and streams lead back to it.

import type { Anything } from './anything.ts'
import type { CodecRegistry } from './codec.ts'
import type { ConsentState } from './consent-list-entry.ts'
import type { DecodedContent } from './content.ts'
import type { HttpApiClient } from './http-api-client.ts'
import type { PublicKeyBundle, SignedPublicKeyBundle } from './key-bundles.ts'

/** The decisions of an account about addresses. */
export type AddressConsent = {
  /** Peers that V1 messages were sent to. */
  readonly addresses: Set<string>
  isAllowed(address: string): boolean
  isDenied(address: string): boolean
  consentState(address: string): ConsentState
  allow(addresses: string[]): Promise<void>
  deny(addresses: string[]): Promise<void>
}

/** What a `Client` is to its parts; the object is the client itself. */
export type ClientFace<ContentTypes = Anything> = CodecRegistry & {
  readonly address: string
  readonly apiClient: HttpApiClient
  readonly contacts: AddressConsent
  readonly publicKeyBundle: PublicKeyBundle
  readonly signedPublicKeyBundle: SignedPublicKeyBundle
  decodeContent(contentBytes: Uint8Array): Promise<DecodedContent<ContentTypes>>
}
