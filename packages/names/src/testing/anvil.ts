// A real chain for tests: anvil, from the npm package that ships its program.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  createPublicClient,
  createWalletClient,
  type HttpTransport,
  http,
  type PublicClient,
  type WalletClient,
} from 'viem'
import { type HDAccount, mnemonicToAccount } from 'viem/accounts'
import { foundry } from 'viem/chains'

// Not on Windows, where no shell would end the chain.
const systems: Readonly<Record<string, string>> = { darwin: 'darwin', linux: 'linux' }
const machines: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }
const program = join(
  import.meta.dirname,
  '../../../../node_modules/@foundry-rs',
  `anvil-${systems[platform()] ?? platform()}-${machines[arch()] ?? arch()}`,
  'bin/anvil',
)

/** Why no chain can run here, for `describe.skipIf`; undefined when one can. */
export const noAnvil: string | undefined = existsSync(program)
  ? undefined
  : `no anvil for ${platform()} on ${arch()}`

if (noAnvil !== undefined) process.stderr.write(`Skipped tests on a chain: ${noAnvil}\n`)

/** For hooks that compile contracts and start a chain: seconds, and more on a busy machine. */
export const startTimeoutMs = 30_000

/** A chain of its own at a port of its own. `await using chain = await startAnvil()`. */
export type Anvil = AsyncDisposable & {
  readonly url: string
  /** Reads. */
  readonly reader: PublicClient<HttpTransport, typeof foundry>
  /** Writes, for the first account unless told otherwise. */
  readonly writer: WalletClient<HttpTransport, typeof foundry, HDAccount>
  /** Accounts that have money. */
  readonly accounts: readonly HDAccount[]
}

// The shell ends the chain when this process ends, however that happens: its own input closes then.
const guard = '"$0" "$@" & chain=$!; cat > /dev/null; kill -9 $chain; wait'

/** Starts a chain. It mines a block for each transaction. */
export async function startAnvil(): Promise<Anvil> {
  const args = ['--host', '127.0.0.1', '--port', '0']
  const child = spawn('/bin/sh', ['-c', guard, program, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const url = `http://${await listeningAddress(child)}`
  const accounts = Array.from({ length: 6 }, (_, addressIndex) => accountOf(addressIndex))
  const transport = http(url)
  const chain = foundry
  return {
    url,
    reader: createPublicClient({ chain, transport, pollingInterval: 10 }),
    writer: createWalletClient({ account: accountOf(0), chain, transport }),
    accounts,
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit')
      child.stdin?.end()
      await exited
    },
  }
}

// The words that anvil starts with unless told otherwise.
function accountOf(addressIndex: number): HDAccount {
  const words = 'test test test test test test test test test test test junk'
  return mnemonicToAccount(words, { addressIndex })
}

async function listeningAddress({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('anvil has no output')
  const lines = createInterface({ input: stdout })
  for await (const line of lines) {
    const [, address] = /Listening on (\S+)/.exec(line) ?? []
    if (address !== undefined) {
      // Nobody reads on; a full pipe would stop the chain.
      stdout.resume()
      return address
    }
  }
  throw new Error('anvil ended before it listened')
}
