// Coming by the account's keys: those it keeps on the network, new ones, or exported ones.

import type { Crypto } from '@posthorn/crypto'
import { type Envelope, privateStoreTopic } from '@posthorn/envelope'
import { ProtocolError, VerificationError } from '@posthorn/errors'
import { authorizationHeader, type WalletSigner } from '@posthorn/identity'
import { createKeystore, type Keystore, restoreKeystore } from '@posthorn/protocol-v2'
import type { Transport } from '@posthorn/transport'
import type { Clock } from './clock.ts'
import type { OwnKeyAlarm } from './key-alarm.ts'
import { createPublisher, type Publisher } from './publisher.ts'
import type { SendTimes } from './send-times.ts'

/** What {@link openNetworkKeystore} needs. */
export type OpenKeystoreInput = {
  readonly crypto: Crypto
  readonly transport: Transport
  readonly clock: Clock
  readonly times: SendTimes
  readonly signer: WalletSigner
  /** Whether new keys are kept on the network, encrypted, for the account's other clients. */
  readonly isKept: boolean
  readonly signal?: AbortSignal | undefined
}

/** A keystore that a client works with. */
export type OpenedKeystore = {
  readonly keystore: Keystore
  readonly promptCount: number
  /** Whether this device had the keys, so that nothing had to be asked of anybody. */
  readonly isFromVault?: boolean | undefined
  /** Compares the keys on the network with what was known of them, where that is kept. */
  readonly checkRecord?: (() => Promise<OwnKeyAlarm | undefined>) | undefined
}

/** A keystore, and the record of its keys on the network. */
export type NetworkKeystore = {
  readonly keystore: Keystore
  /** Undefined when its keys were not kept on the network. */
  readonly record: Envelope | undefined
}

/**
 * The account's keystore. Keys on the network are opened with one signature; where there are none, new ones
 * are made with one signature and kept with a second. A record that cannot be opened is an error and stays.
 *
 * @throws VerificationError `client/keys-not-opened`, `client/not-signed-by-account`,
 * `client/contract-wallet`; UsageError `client/wallet-refused`; and whatever the transport throws
 */
export async function openNetworkKeystore(input: OpenKeystoreInput): Promise<NetworkKeystore> {
  const { crypto, clock, signer } = input
  const record = await newestRecord(signer.address, input)
  const { keystore, isToBeKept } =
    record === undefined
      ? { keystore: await create(crypto, signer, clock), isToBeKept: input.isKept }
      : await restore(crypto, signer, record.message)
  return { keystore, record: isToBeKept ? await keepOnNetwork(keystore, input) : record }
}

/** The newest record on the private store topic of an account, whoever wrote it. */
export async function newestRecord(
  address: string,
  { transport, signal }: Pick<OpenKeystoreInput, 'transport' | 'signal'>,
): Promise<Envelope | undefined> {
  const topics = [privateStoreTopic(address)]
  const page = await transport.query({ topics, limit: 1, direction: 'descending' }, { signal })
  return page.envelopes[0]
}

/** Publishes the keys, sealed with one more signature of the wallet. */
export async function keepOnNetwork(
  keystore: Keystore,
  input: Omit<OpenKeystoreInput, 'crypto' | 'isKept'>,
): Promise<Envelope> {
  const message = await keystore.sealKeyBundle(input.signer)
  const contentTopic = privateStoreTopic(input.signer.address)
  const envelope = { contentTopic, timestampNs: input.times.next(), message }
  await publisherOf(keystore, input).publish([envelope], { signal: input.signal })
  return envelope
}

/** The publisher of a keystore's account. */
export function publisherOf(
  keystore: Pick<Keystore, 'createAuthToken'>,
  { transport, clock }: Pick<OpenKeystoreInput, 'transport' | 'clock'>,
): Publisher {
  const createAuthorization = async (nowMs: number): Promise<string> =>
    authorizationHeader(await keystore.createAuthToken(BigInt(nowMs) * 1_000_000n))
  return createPublisher({ transport, clock, createAuthorization })
}

async function create(crypto: Crypto, signer: WalletSigner, clock: Clock): Promise<Keystore> {
  try {
    return await createKeystore(crypto, { signer, nowMs: clock.nowMs() })
  } catch (error) {
    throw isNotSigned(error) ? notSignedByAccount(error) : error
  }
}

type Restored = { readonly keystore: Keystore; readonly isToBeKept: boolean }

async function restore(
  crypto: Crypto,
  signer: WalletSigner,
  record: Uint8Array,
): Promise<Restored> {
  try {
    const { keystore, needsRewrite } = await restoreKeystore(crypto, { signer, record })
    return { keystore, isToBeKept: needsRewrite }
  } catch (error) {
    if (isNotSigned(error)) throw notSignedByAccount(error)
    const isOfRecord = error instanceof ProtocolError && !error.code.startsWith('client/')
    throw isOfRecord ? keysNotOpened(error) : error
  }
}

function isNotSigned(error: unknown): error is VerificationError {
  return error instanceof VerificationError && error.code === 'identity/not-signed-by-wallet'
}

function keysNotOpened(cause: ProtocolError): VerificationError {
  return new VerificationError(
    'client/keys-not-opened',
    `Open keys on the network: the newest record is not one that this wallet opens, and was left as it is (${cause.code})`,
    { cause },
  )
}

function notSignedByAccount(cause: VerificationError): VerificationError {
  return new VerificationError(
    'client/not-signed-by-account',
    'Ask wallet: the signature is not by the private key of its address; this network knows accounts with a private key only, no contract wallets',
    { cause },
  )
}
