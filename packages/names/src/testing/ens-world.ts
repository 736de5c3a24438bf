// ENS on a chain of its own, with a gateway beside it.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  decodeFunctionData,
  encodeFunctionResult,
  type Hex,
  parseAbi,
  toBytes,
  zeroAddress,
} from 'viem'
import { namehash } from 'viem/ens'
import { type Anvil, startAnvil } from './anvil.ts'
import { compile, deploy, putAt, write } from './contracts.ts'

/** What a name says, on the chain or in a gateway. */
export type Records = {
  readonly address?: Hex
  /** By coin type. */
  readonly addresses?: Readonly<Record<number, Hex>>
  readonly texts?: Readonly<Record<string, string>>
}

/** What the gateway does. */
export type GatewayMood =
  | 'answers'
  | 'fails'
  | 'knows nobody'
  | 'floods'
  | 'sends elsewhere'
  | 'babbles'

export { noAnvil, startTimeoutMs } from './anvil.ts'

/** ENS, its chain and its gateway. */
export type EnsWorld = AsyncDisposable & {
  readonly chain: Anvil
  readonly universalResolver: Hex
  readonly recordResolver: Hex
  readonly gateway: {
    mood: GatewayMood
    readonly hits: string[]
    readonly records: Map<string, Records>
  }
  /** Gives a name its records on the chain. */
  give(name: string, records: Records): Promise<void>
  /** Has an address say that this is its name. */
  claim(address: Hex, name: string, coinType?: number): Promise<void>
  /** Sends whoever asks for a name, or one below it, to the gateway. */
  sendToGateway(name: string, method?: 'GET' | 'POST', urlCount?: number): Promise<void>
  /** Has a name answered by a contract that breaks rules. */
  breakName(name: string): Promise<void>
}

const ethereum = 60

// Where whoever is not told otherwise asks ENS.
const mainNetworkResolver = '0xeeeeeeee14d718c2b47d9923deab1335e144eeee'

/** Starts it. */
export async function startEnsWorld(): Promise<EnsWorld> {
  const contract = compile('ens.sol')
  const chain = await startAnvil()
  const registry = await deploy(chain, contract('Registry'))
  const universalResolver = await deploy(chain, contract('UniversalResolver'), [registry])
  await putAt(chain, mainNetworkResolver, universalResolver)
  const recordResolver = await deploy(chain, contract('RecordResolver'))
  const gateway = await startGateway()

  const setResolver = (name: string, resolver: Hex) =>
    write(chain, {
      contract: contract('Registry'),
      address: registry,
      functionName: 'setResolver',
      args: [namehash(name), resolver],
    })
  const setRecord = (functionName: string, args: readonly unknown[]) =>
    write(chain, {
      contract: contract('RecordResolver'),
      address: recordResolver,
      functionName,
      args,
    })

  return {
    chain,
    universalResolver,
    recordResolver,
    gateway,
    async give(name, { address, addresses = {}, texts = {} }) {
      const node = namehash(name)
      await setResolver(name, recordResolver)
      const all = Object.entries(
        address === undefined ? addresses : { ...addresses, [ethereum]: address },
      )
      for (const [coinType, value] of all)
        await setRecord('setAddr', [node, BigInt(coinType), value])
      for (const [key, value] of Object.entries(texts))
        await setRecord('setText', [node, key, value])
    },
    async claim(address, name, coinType = ethereum) {
      const space = coinType === ethereum ? 'addr' : coinType.toString(16)
      const reverseName = `${address.slice(2).toLowerCase()}.${space}.reverse`
      await setResolver(reverseName, recordResolver)
      await setRecord('setName', [namehash(reverseName), name])
    },
    async sendToGateway(name, method = 'GET', urlCount = 1) {
      const url = method === 'GET' ? `${gateway.url}/{sender}/{data}.json` : `${gateway.url}/post`
      const urls = Array.from({ length: urlCount }, () => url)
      await setResolver(name, await deploy(chain, contract('GatewayResolver'), [urls]))
    },
    async breakName(name) {
      await setResolver(name, await deploy(chain, contract('BrokenResolver')))
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await chain[Symbol.asyncDispose]()
    },
  }
}

const questionAbi = parseAbi(['function resolve(bytes name, bytes data) view returns (bytes)'])
const addressAbi = parseAbi(['function addr(bytes32 node) view returns (address)'])
const coinAbi = parseAbi(['function addr(bytes32 node, uint256 coinType) view returns (bytes)'])
const textAbi = parseAbi(['function text(bytes32 node, string key) view returns (string)'])

async function startGateway() {
  const records = new Map<string, Records>()
  const hits: string[] = []
  const gateway = { mood: 'answers' as GatewayMood, hits, records }
  const server = createServer(async (request, response) => {
    hits.push(request.method ?? '')
    const body = (await request.toArray()).join('')
    const path = /\/(0x[0-9a-f]+)\.json$/.exec(request.url ?? '')?.[1]
    const data = path ?? (JSON.parse(body || '{}') as { data?: string }).data
    const say = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(text)
    }
    if (gateway.mood === 'fails') return say(503, '{}')
    if (gateway.mood === 'knows nobody') return say(404, '{}')
    if (gateway.mood === 'babbles') return say(200, '{"data":"perhaps"}')
    if (gateway.mood === 'floods') return say(200, `{"data":"0x${'00'.repeat(600_000)}"}`)
    if (gateway.mood === 'sends elsewhere') {
      return void response.writeHead(307, { location: 'http://169.254.169.254/latest' }).end()
    }
    say(200, JSON.stringify({ data: answer(records, data as Hex) }))
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(gateway, {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

function answer(records: ReadonlyMap<string, Records>, data: Hex): Hex {
  const { args } = decodeFunctionData({ abi: questionAbi, data })
  const [name, question] = args
  const { address = zeroAddress, addresses = {}, texts = {} } = records.get(nameOf(name)) ?? {}
  const asked = decodeFunctionData({ abi: [...addressAbi, ...coinAbi, ...textAbi], data: question })
  if (asked.functionName === 'text') {
    return encodeFunctionResult({ abi: textAbi, result: texts[asked.args[1]] ?? '' })
  }
  if (asked.args.length === 1) return encodeFunctionResult({ abi: addressAbi, result: address })
  return encodeFunctionResult({ abi: coinAbi, result: addresses[Number(asked.args[1])] ?? '0x' })
}

function nameOf(packet: Hex): string {
  const bytes = toBytes(packet)
  const labels: string[] = []
  for (let at = 0; bytes[at] !== undefined && bytes[at] !== 0; at += (bytes[at] ?? 0) + 1) {
    labels.push(new TextDecoder().decode(bytes.subarray(at + 1, at + 1 + (bytes[at] ?? 0))))
  }
  return labels.join('.')
}
