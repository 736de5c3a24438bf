// Names of the ways to an account's keys. The client goes them by itself; a list of names restricts it.

import { UsageError } from '@posthorn/errors'

/** One way to an account's keys. */
export type KeystoreProvider = { readonly way: 'static' | 'network' | 'generate' }

/** The keys that `privateKeyOverride` gives. */
export class StaticKeystoreProvider implements KeystoreProvider {
  readonly way = 'static'
}

/** The keys that the account keeps on the network. */
export class NetworkKeystoreProvider implements KeystoreProvider {
  readonly way = 'network'
}

/** New keys, which are then kept on the network. */
export class KeyGeneratorKeystoreProvider implements KeystoreProvider {
  readonly way = 'generate'
}

/** The ways that a client goes unless told otherwise, in their order. */
export function defaultKeystoreProviders(): KeystoreProvider[] {
  return [
    new StaticKeystoreProvider(),
    new NetworkKeystoreProvider(),
    new KeyGeneratorKeystoreProvider(),
  ]
}

/**
 * What a list of ways comes to: the keys that were given, or the usual two ways.
 *
 * @throws UsageError `compat/unsupported-option` for any other list
 */
export function checkProviders(
  providers: readonly KeystoreProvider[] | undefined,
  hasKeys: boolean,
): void {
  if (providers === undefined) return
  const ways = providers.map(({ way }) => way).join(' ')
  const usual = ['static network generate', 'network generate']
  if (usual.includes(ways) || (ways === 'static' && hasKeys)) return
  throw new UsageError(
    'compat/unsupported-option',
    'Create client: keystoreProviders is another list than defaultKeystoreProviders(), or StaticKeystoreProvider without keys',
  )
}
