// How the keychains of operating systems are spoken to.

import type { KeyOwner } from '../vault/key-vault.ts'
import type { ToolResult } from './run-tool.ts'

type Done = Extract<ToolResult, { kind: 'done' }>
type Arguments = (service: string, owner: KeyOwner) => readonly string[]

/** A program that reads and writes the keychain. */
export type KeychainTool = {
  readonly program: string
  /** Prints the secret. */
  readonly find: Arguments
  /** Stores the secret that `input` brings, in the place of another one. */
  readonly put: Arguments
  readonly drop: Arguments
  /** What `put` reads on its standard input. */
  input(service: string, owner: KeyOwner, secret: string): string
  /** Whether a failure of `find` or `drop` says that there is no such secret. */
  isNothing(result: Done): boolean
  /** Whether `put` failed, whatever its status says. */
  isRefused(result: Done): boolean
}

const secretTool: KeychainTool = {
  program: 'secret-tool',
  find: (service, owner) => ['lookup', ...attributes(service, owner)],
  put: (service, owner) => [
    'store',
    `--label=${service}: keys of ${owner.address}`,
    ...attributes(service, owner),
  ],
  drop: (service, owner) => ['clear', ...attributes(service, owner)],
  input: (_service, _owner, secret) => secret,
  // It complains of everything else, for instance that nobody is logged in.
  isNothing: ({ complaint }) => complaint.trim() === '',
  isRefused: () => false,
}

const macItemNotFound = 44

const macSecurity: KeychainTool = {
  program: 'security',
  find: (service, owner) => ['find-generic-password', ...macPlace(service, owner), '-w'],
  // Read from the standard input, because arguments are for all users of the machine to see.
  put: () => ['-i'],
  drop: (service, owner) => ['delete-generic-password', ...macPlace(service, owner)],
  input: (service, owner, secret) => {
    const words = ['add-generic-password', '-U', ...macPlace(service, owner), '-w', secret]
    return `${words.map(quoted).join(' ')}\n`
  },
  isNothing: ({ code }) => code === macItemNotFound,
  // Its interactive mode ends well even when a command did not.
  isRefused: ({ complaint }) => complaint.trim() !== '',
}

/** The program of a platform; undefined where there is none. */
export function toolOf(platform: NodeJS.Platform): KeychainTool | undefined {
  if (platform === 'linux') return secretTool
  return platform === 'darwin' ? macSecurity : undefined
}

function attributes(service: string, { network, address }: KeyOwner): readonly string[] {
  return ['service', service, 'network', network || '-', 'address', address.toLowerCase()]
}

function macPlace(service: string, { network, address }: KeyOwner): readonly string[] {
  return ['-s', `${service} ${network}`, '-a', address.toLowerCase()]
}

function quoted(word: string): string {
  return `"${word.replace(/["\\]/g, '\\$&').replace(/[\r\n]+/g, ' ')}"`
}
