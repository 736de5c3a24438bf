// Keys in the keychain of the operating system, which opens it when its user logs in.

import { fromBase64, toBase64 } from '@posthorn/bytes'
import { UsageError } from '@posthorn/errors'
import { type KeychainTool, toolOf } from './keychain/keychain-tool.ts'
import { runTool, type ToolResult } from './keychain/run-tool.ts'
import type { KeyOwner, KeyVault } from './vault/key-vault.ts'
import { malformed, unavailable } from './vault/vault-errors.ts'

export type { KeyOwner, KeyVault } from './vault/key-vault.ts'

/** Options of {@link createKeychainVault}. */
export type KeychainVaultOptions = {
  /** Name of the application, as the keychain shows it; default `posthorn`. */
  readonly service?: string | undefined
  /** Default: this machine's. */
  readonly platform?: NodeJS.Platform | undefined
}

/**
 * A vault in the keychain: through `secret-tool` on Linux (GNOME Keyring, KWallet and others), through
 * `security` on macOS. Keys go to these programs through their standard input, where nobody else sees them.
 *
 * Its methods reject with UsageError `keystore/no-keychain` where there is none.
 */
export function createKeychainVault(options: KeychainVaultOptions = {}): KeyVault {
  const { service = 'posthorn', platform = process.platform } = options
  const tool = toolOf(platform)

  async function run(action: string, of: (tool: KeychainTool) => readonly string[], input = '') {
    if (tool === undefined) throw noKeychain()
    const result = await runTool(tool.program, of(tool), input)
    if (result.kind === 'missing') throw noKeychain()
    if (result.kind === 'failed') throw unavailable(action, result.cause)
    return { tool, result }
  }

  async function find(owner: KeyOwner): Promise<Uint8Array | undefined> {
    const { tool, result } = await run('Load keys', (each) => each.find(service, owner))
    const text = result.output.trim()
    if (result.code === 0 && text !== '') return decode(text)
    if (tool.isNothing(result)) return undefined
    throw unavailable('Load keys', saying(result))
  }

  return {
    load: find,
    save: async (owner, bytes) => {
      const { tool: found, result } = await run(
        'Save keys',
        (each) => each.put(service, owner),
        tool?.input(service, owner, toBase64(bytes)),
      )
      if (result.code !== 0 || found.isRefused(result))
        throw unavailable('Save keys', saying(result))
    },
    remove: async (owner) => {
      const { tool: found, result } = await run('Remove keys', (each) => each.drop(service, owner))
      if (result.code !== 0 && !found.isNothing(result)) {
        throw unavailable('Remove keys', saying(result))
      }
    },
  }
}

function decode(text: string): Uint8Array {
  try {
    return fromBase64(text)
  } catch {
    throw malformed('text that is no base64')
  }
}

// What the program said is for local eyes only, and holds no secrets: those it says on its output.
function saying({ code, complaint }: Extract<ToolResult, { kind: 'done' }>): string {
  return `status ${code}: ${complaint.trim().slice(0, 300)}`
}

function noKeychain(): UsageError {
  return new UsageError(
    'keystore/no-keychain',
    'Use keychain: found none on this machine (wanted secret-tool on Linux, security on macOS); use createFileVault of @posthorn/keystore/file instead',
  )
}
