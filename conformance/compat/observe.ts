// Running one flow against one implementation.

import { toHex } from '@posthorn/bytes'
import { createNobleCrypto } from '@posthorn/crypto'
import { createLocalSigner } from '@posthorn/identity'
import type { Api, Flow, FlowClient, FlowOptions, FlowWallet } from './flow.ts'

const crypto = createNobleCrypto()

/** Where a flow runs. */
export type Place = { readonly api: Api; readonly url: string }

/** What a flow observes, with accounts by the order in which they appeared. */
export async function observe(flow: Flow, { api, url }: Place): Promise<unknown> {
  const accounts: string[] = []
  const clients: FlowClient[] = []
  const wallet = (): FlowWallet => {
    const made = newWallet()
    accounts.push(made.address)
    return made
  }
  const client = async ({ wallet: given, ...options }: FlowOptions = {}): Promise<FlowClient> => {
    const made = await api.Client.create(given ?? wallet(), { apiUrl: url, ...options })
    clients.push(made)
    return made
  }
  try {
    return nameAccounts(await flow.run({ api, url, wallet, client }), accounts)
  } finally {
    await Promise.allSettled(clients.map((each) => each.close()))
  }
}

function newWallet(): FlowWallet {
  const { address, signText } = createLocalSigner(crypto, crypto.randomBytes(32))
  const prompts: string[] = []
  return {
    address,
    prompts,
    getAddress: async () => address,
    signMessage: async (message) => {
      const text =
        typeof message === 'string' ? message : new TextDecoder().decode(Uint8Array.from(message))
      prompts.push(text)
      return `0x${toHex(await signText(text))}`
    },
  }
}

// Bytes as hex, dates as text, absent fields and undefined ones alike, and no address of this run.
function nameAccounts(value: unknown, accounts: readonly string[]): unknown {
  if (typeof value === 'string') return named(value, accounts)
  if (value instanceof Uint8Array) return bytesText(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Error) return value.message
  if (Array.isArray(value)) return value.map((item) => nameAccounts(item, accounts))
  if (typeof value !== 'object' || value === null) return value ?? undefined
  if ('authorityId' in value) return String(value)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(
    fields
      .map(([name, field]) => [named(name, accounts), nameAccounts(field, accounts)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function named(text: string, accounts: readonly string[]): string {
  let result = text
  for (const [index, address] of accounts.entries()) {
    result = result.replaceAll(address, `account ${index}`)
    result = result.replaceAll(address.toLowerCase(), `account ${index} in lower case`)
  }
  return result
}

function bytesText(bytes: Uint8Array): string {
  return toHex(Uint8Array.from(bytes))
}
