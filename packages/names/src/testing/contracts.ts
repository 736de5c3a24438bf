// Solidity of `contracts/`, compiled in this process.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
// biome-ignore lint/correctness/noUndeclaredDependencies: tests have it from the root
import solc from 'solc'
import type { Abi, Hex } from 'viem'
import type { Anvil } from './anvil.ts'

/** A compiled contract. */
export type Compiled = { readonly abi: Abi; readonly bytecode: Hex }

type Output = {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[]
  readonly contracts: Readonly<
    Record<string, Readonly<Record<string, { abi: Abi; evm: { bytecode: { object: string } } }>>>
  >
}

/** The contracts of one file, by name. */
export function compile(file: 'ens.sol' | 'wallets.sol'): (name: string) => Compiled {
  const content = readFileSync(join(import.meta.dirname, 'contracts', file), 'utf8')
  const input = {
    language: 'Solidity',
    sources: { [file]: { content } },
    settings: {
      optimizer: { enabled: true },

      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
    },
  }
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as Output
  const failures = (output.errors ?? []).filter((error) => error.severity === 'error')
  if (failures.length > 0) throw new Error(failures.map((each) => each.formattedMessage).join('\n'))
  return (name) => {
    const contract = output.contracts[file]?.[name]
    if (contract === undefined) throw new Error(`${file} has no contract ${name}`)
    return { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` }
  }
}

/** Puts a contract on the chain and gives its address. */
export async function deploy(
  { reader, writer }: Anvil,
  { abi, bytecode }: Compiled,
  args: readonly unknown[] = [],
): Promise<Hex> {
  const hash = await writer.deployContract({ abi, bytecode, args })
  const { contractAddress } = await reader.waitForTransactionReceipt({ hash })
  if (contractAddress === null || contractAddress === undefined) throw new Error('not deployed')
  return contractAddress
}

/** Copies a contract without storage to another address. */
export async function putAt({ url, reader }: Anvil, address: Hex, original: Hex): Promise<void> {
  const code = await reader.getCode({ address: original })
  const request = { jsonrpc: '2.0', id: 1, method: 'anvil_setCode', params: [address, code] }
  const headers = { 'content-type': 'application/json' }
  await fetch(url, { method: 'POST', headers, body: JSON.stringify(request) })
}

/** A function of a contract that is called, by the first account unless told otherwise. */
export type ContractCall = {
  readonly contract: Compiled
  readonly address: Hex
  readonly functionName: string
  readonly args: readonly unknown[]
}

/** Calls a function and waits until the chain has done it. */
export async function write({ reader, writer }: Anvil, call: ContractCall): Promise<void> {
  const { contract, address, functionName, args } = call
  const hash = await writer.writeContract({ abi: contract.abi, address, functionName, args })
  await reader.waitForTransactionReceipt({ hash })
}
