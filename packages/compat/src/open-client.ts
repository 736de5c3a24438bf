// From a wallet and options to the parts of a client.

import { createClient, type SignatureRequest, type WalletSource } from '@posthorn/client'
import { defaultMaxDecompressedBytes } from '@posthorn/content'
import { loadCrypto } from '@posthorn/crypto'
import { UsageError } from '@posthorn/errors'
import { importKeystore } from '@posthorn/protocol-v2'
import { urlOf } from './api-urls.ts'
import { passingCodecs } from './handed-content.ts'
import { HttpApiClient } from './http-api-client.ts'
import { checkProviders } from './keystore-providers.ts'
import { keystoreAuthenticator } from './local-authenticator.ts'
import type { ClientOptions, NetworkOptions } from './options.ts'
import type { ClientParts } from './parts.ts'
import type { Wallet } from './signer.ts'

/**
 * Opens our client for an account.
 *
 * @throws UsageError `compat/unsupported-option`, and as `createClient` of `@posthorn/client`
 */
export async function openClient(
  wallet: Wallet | null,
  options: Partial<ClientOptions>,
): Promise<ClientParts> {
  checkOptions(options)
  const { privateKeyOverride: keys, maxContentSize = defaultMaxDecompressedBytes } = options
  const apiClient = apiClientOf(options)
  const crypto = await loadCrypto()
  const inner = await createClient(keys ?? (wallet as WalletSource), {
    crypto,
    transport: apiClient.transport,
    keystore: keys === undefined ? 'network' : 'static',
    codecs: passingCodecs,
    maxDecompressedBytes: maxContentSize,
    publishContact: !options.skipContactPublishing && !options.publishLegacyContact,
    onBeforeSign: (request) => beforeSign(options, request),
  })
  const keystore = importKeystore(crypto, await inner.exportKeys())
  apiClient.setAuthenticator(keystoreAuthenticator(keystore))
  return { inner, apiClient, crypto, keystore, maxContentSize, faces: new Map() }
}

/** The way to the network that options ask for. @throws UsageError `compat/unsupported-option` */
export function apiClientOf(options: Partial<NetworkOptions>): HttpApiClient {
  const { apiClientFactory, appVersion } = options
  if (apiClientFactory === undefined) return new HttpApiClient(urlOf(options), { appVersion })
  const made = apiClientFactory({
    env: 'dev',
    apiUrl: undefined,
    skipContactPublishing: false,
    ...options,
    apiClientFactory,
  })
  if (made instanceof HttpApiClient) return made
  throw unsupported('apiClientFactory gives another client than HttpApiClient of this package')
}

function checkOptions(options: Partial<ClientOptions>): void {
  const { useSnaps, keystoreProviders, privateKeyOverride } = options
  if (useSnaps) throw unsupported('useSnaps is set, and keys in a Snap cannot be used')
  checkProviders(keystoreProviders, privateKeyOverride !== undefined)
}

async function beforeSign(
  options: Partial<ClientOptions>,
  { purpose }: SignatureRequest,
): Promise<void> {
  if (purpose === 'create-identity') await options.preCreateIdentityCallback?.()
  if (purpose === 'enable-identity') await options.preEnableIdentityCallback?.()
}

function unsupported(found: string): UsageError {
  return new UsageError('compat/unsupported-option', `Create client: ${found}`)
}
