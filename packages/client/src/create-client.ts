// From a wallet to a client: keys, contact, and the parts put together.

import { type Compressor, type ContentCodec, codecRegistry } from '@posthorn/content'
import { type Crypto, loadCrypto } from '@posthorn/crypto'
import { UsageError } from '@posthorn/errors'
import { equalKeyBundles } from '@posthorn/identity'
import type { KeyVault } from '@posthorn/keystore'
import { contactEnvelopes, importKeystore, type Keystore } from '@posthorn/protocol-v2'
import { createJsonTransport, type Transport, withRetry } from '@posthorn/transport'
import type { AutoLock } from './auto-lock.ts'
import { assembleClient, type Client } from './client.ts'
import type { Clock } from './clock.ts'
import { contactAlarm } from './contact-alarm.ts'
import { createContacts } from './contacts.ts'
import type { ClientContext } from './context.ts'
import type { OnKeyAlarm } from './key-alarm.ts'
import { type OpenedKeystore, openNetworkKeystore, publisherOf } from './open-keystore.ts'
import { createSendTimes } from './send-times.ts'
import { signerFrom, type WalletSource } from './signer-from.ts'
import { systemClock } from './system-clock.ts'
import { countPrompts, type OnBeforeSign } from './wallet-prompts.ts'

/** Base address of a node that was started with its defaults. */
export const defaultUrl = 'http://localhost:5555'

/**
 * Where the account's keys live.
 * `network`: kept on the network, encrypted with a wallet signature, so that every client of the wallet finds
 * its inbox. `local`: as `network`, but new keys are not published; export them or lose them. `static`: the
 * first argument of `createClient` is keys that `exportKeys` gave; no wallet is needed.
 */
export type KeystoreChoice = 'network' | 'local' | 'static'

/** Options of {@link createClient}; all have defaults. */
export type ClientOptions = {
  /** Base address of a node; default `http://localhost:5555`. */
  readonly url?: string | undefined
  /** For `url`; default: the engine's `fetch`. Streams take one whose replies can be read as they arrive. */
  readonly fetch?: typeof fetch | undefined
  /**
   * Base addresses of several nodes of one network, instead of `url`: what is sent goes to all of them, and when
   * one fails the others carry on.
   */
  readonly urls?: readonly string[] | undefined
  /** How many of `urls` have to store what is sent before it counts as sent; default 1. */
  readonly acknowledgements?: number | undefined
  /**
   * Another way to the network than the JSON calls of `url`, such as gRPC of `@posthorn/client/grpc`; stays open when
   * the client closes.
   */
  readonly transport?: Transport | undefined
  readonly keystore?: KeystoreChoice | undefined
  /** Where this device keeps the keys, so that only the first start asks the wallet. */
  readonly vault?: KeyVault | undefined
  /** Name of the network, under which the vault keeps the keys and a store lies; default: the (first) url. */
  readonly network?: string | undefined
  /** Wipes the keys from memory while nobody uses them; takes a vault, which has them again. */
  readonly autoLock?: AutoLock | undefined
  /** Told when somebody else seems to have, or to give out, keys of the account. */
  readonly onAlarm?: OnKeyAlarm | undefined
  /** Called before each wallet prompt; the prompt waits for it. */
  readonly onBeforeSign?: OnBeforeSign | undefined
  /** Codecs besides that of plain text. */
  readonly codecs?: readonly ContentCodec[] | undefined
  /** How far compressed content may expand; default 100 MiB. */
  readonly maxDecompressedBytes?: number | undefined
  /** For engines without compression streams. */
  readonly compressor?: Compressor | undefined
  /** Name and version of the application, for the node's statistics. */
  readonly appVersion?: string | undefined
  /** Whether others are to find this account; default true. */
  readonly publishContact?: boolean | undefined
  /** Default: the fastest back end of the platform. */
  readonly crypto?: Crypto | undefined
  readonly clock?: Clock | undefined
  /** Cancels the creation. */
  readonly signal?: AbortSignal | undefined
}

/**
 * A client of the account of a wallet: a viem account or wallet client, an ethers signer, an EIP-1193
 * provider, a private key, or a keystore; with a vault that has keys, its address alone. The wallet is asked
 * to sign twice on first use of the account, once later, and not at all when the vault has its keys. Then
 * nothing waits for the network either. Bytes of a private key, or of exported keys, are not kept: wipe them
 * as soon as this has resolved.
 *
 * @throws UsageError `client/unknown-wallet`, `client/wallet-refused`, `client/bad-private-key`,
 * `client/keys-expected`, `client/vault-expected`; NotFoundError `client/no-kept-keys`; VerificationError `client/not-signed-by-account`, `client/contract-wallet`,
 * `client/keys-not-opened`; TransportError when the node cannot be reached
 * @example
 * const alice = await createClient(wallet, { url: 'http://localhost:5555' })
 */
export async function createClient(
  from: WalletSource | Keystore,
  options: ClientOptions = {},
): Promise<Client> {
  const base = await clientBase(options)
  const { crypto, clock, transport, times } = base
  const opened = await openKeystore(from, { ...options, ...base })
  const closing = new AbortController()
  const context: ClientContext = {
    crypto,
    transport,
    clock,
    keystore: opened.keystore,
    registry: codecRegistry(options.codecs),
    decoding: {
      maxDecompressedBytes: options.maxDecompressedBytes,
      compressor: options.compressor,
    },
    times,
    publisher: publisherOf(opened.keystore, { transport, clock }),
    contacts: createContacts({ transport, crypto }),
    network: networkOf(options),
    closing: closing.signal,
    checkRecord: opened.checkRecord,
  }
  const { isFromVault } = opened
  const joining = join(context, {
    ...options,
    signal: isFromVault ? closing.signal : options.signal,
  })
  if (isFromVault) joining.catch(() => undefined)
  else await joining
  return assembleClient({
    context,
    promptCount: opened.promptCount,
    end: () => closing.abort(),
    isTransportOwned: options.transport === undefined,
  })
}

/** What a client stands on. */
export type ClientBase = Pick<ClientContext, 'crypto' | 'clock' | 'transport' | 'times'>

/** What a client stands on, by its options. */
export async function clientBase(options: ClientOptions): Promise<ClientBase> {
  const crypto = options.crypto ?? (await loadCrypto())
  const clock = options.clock ?? systemClock
  const transport = options.transport ?? (await transportOf(options, { crypto, clock }))
  return { crypto, clock, transport, times: createSendTimes(clock) }
}

/** The keystore of what `createClient` was given. */
export async function openKeystore(
  from: WalletSource | Keystore,
  parts: ClientOptions & ClientBase,
): Promise<OpenedKeystore> {
  const { crypto, keystore: choice = 'network', onBeforeSign } = parts
  if (isKeystore(from)) return { keystore: from, promptCount: 0 }
  if (choice === 'static') {
    if (!(from instanceof Uint8Array)) throw keysExpected()
    return { keystore: importKeystore(crypto, from), promptCount: 0 }
  }
  const isKept = choice === 'network'
  if (parts.vault !== undefined) {
    const { openKeptKeystore } = await import('./open-kept-keystore.ts')
    return openKeptKeystore(from, {
      ...parts,
      vault: parts.vault,
      network: networkOf(parts),
      isKept,
    })
  }
  if (parts.autoLock !== undefined) throw vaultExpected()
  const signer = countPrompts(await signerFrom(crypto, from), onBeforeSign)
  const { keystore } = await openNetworkKeystore({ ...parts, signer, isKept })
  return { keystore, promptCount: signer.promptCount }
}

type JoinOptions = Pick<ClientOptions, 'publishContact' | 'onAlarm' | 'signal'>

// Makes the account known, and looks whether it is known by other keys.
async function join(context: ClientContext, options: JoinOptions): Promise<void> {
  const alarm = await context.checkRecord?.()
  if (alarm !== undefined) options.onAlarm?.(alarm)
  if (options.publishContact ?? true) await publishContact(context, options)
}

// Published again whenever the newest advertisement is not that of these keys, unless these were changed
// elsewhere: the newer ones must not be taken back.
async function publishContact(
  context: ClientContext,
  { signal, onAlarm }: JoinOptions,
): Promise<void> {
  const { keystore, contacts, publisher, times } = context
  const { address, keyBundle } = keystore
  const newest = await contacts.find(address, { signal })
  if (newest?.version === 'v2' && equalKeyBundles(newest.keyBundle, keyBundle)) return
  const kind = newest && contactAlarm(newest.keyBundle, keyBundle)
  if (kind !== undefined) onAlarm?.({ kind, address })
  if (kind === 'contact-newer') return
  contacts.forget(address)
  const envelopes = contactEnvelopes({ address, keyBundle, nowNs: times.next(2n) })
  await publisher.publish(envelopes, { signal })
}

/** Name of the network, under which a device keeps what it keeps. */
export function networkOf({ network, urls, url = defaultUrl }: ClientOptions): string {
  return network ?? urls?.[0] ?? url
}

async function transportOf(
  options: ClientOptions,
  { crypto, clock }: { readonly crypto: Crypto; readonly clock: Clock },
): Promise<Transport> {
  const { urls, url = defaultUrl, appVersion, fetch } = options
  const random = (): number => (crypto.randomBytes(1)[0] ?? 0) / 256
  const plain =
    urls === undefined
      ? createJsonTransport({ url, appVersion, fetch, timers: clock })
      : (await import('./several-nodes.ts')).severalNodes(urls, {
          ...options,
          crypto,
          clock,
          random,
        })
  return withRetry(plain, { timers: clock, random })
}

function isKeystore(from: WalletSource | Keystore): from is Keystore {
  return typeof from === 'object' && from !== null && 'sealMessageV1' in from
}

function vaultExpected(): UsageError {
  return new UsageError(
    'client/vault-expected',
    'Lock keys automatically: expected a vault that has them when they are needed again',
  )
}

function keysExpected(): UsageError {
  return new UsageError(
    'client/keys-expected',
    'Open static keystore: expected the bytes that exportKeys gave as the first argument',
  )
}
