// What every command gets: where the account and the node are, and what to write with.

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { keyPathIn } from './key-path.ts'
import { createOutput, type Output } from './output.ts'

/** The options that all commands share, as commander hands them over. */
export type GlobalOptions = {
  readonly url?: string | undefined
  readonly home?: string | undefined
  readonly ethereumUrl?: string | undefined
  readonly json?: boolean | undefined
  readonly quiet?: boolean | undefined
  /** False for `--no-color`. */
  readonly color?: boolean | undefined
}

/** Surroundings of one run. */
export type Context = {
  /** How this program is called here, for advice. */
  readonly program: string
  /** Base address of the node. */
  readonly url: string
  /** Ethereum server that is asked about names; undefined when nobody is to be asked. */
  readonly ethereumUrl: string | undefined
  /** Folder with the account's key. */
  readonly home: string
  readonly keyPath: string
  readonly passphrase: string | undefined
  /** Of backups of keys. */
  readonly backupPassphrase: string | undefined
  readonly output: Output
  /** Where texts and keys are piped in. */
  readonly stdin: NodeJS.ReadStream
  /** Whether there is a person to ask. */
  readonly canAsk: boolean
  readonly now: () => Date
}

const defaultUrl = 'http://localhost:5555'

/** The context of this process. */
export function createContext(options: GlobalOptions): Context {
  const { env, stdout, stderr } = process
  const home = resolve(options.home ?? set(env['POSTHORN_HOME']) ?? join(homedir(), '.posthorn'))
  const isJson = options.json === true
  return {
    // Inside a checkout, or through npx, a shell does not know the name alone.
    program: set(env['npm_command']) === undefined ? 'posthorn' : 'npx posthorn',
    url: options.url ?? set(env['POSTHORN_URL']) ?? defaultUrl,
    ethereumUrl: options.ethereumUrl ?? set(env['POSTHORN_ETHEREUM_URL']),
    home,
    keyPath: keyPathIn(home),
    passphrase: set(env['POSTHORN_PASSPHRASE']),
    backupPassphrase: set(env['POSTHORN_BACKUP_PASSPHRASE']),
    output: createOutput({
      stdout,
      stderr,
      env,
      isJson,
      isQuiet: options.quiet === true,
      isColorWanted: options.color !== false,
    }),
    // Looked at only when somebody asks for it: Node loads a dozen modules for a file or a pipe there.
    get stdin() {
      return process.stdin
    },
    get canAsk() {
      return process.stdin.isTTY === true && stderr.isTTY === true && !isJson
    },
    now: () => new Date(),
  }
}

function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}
