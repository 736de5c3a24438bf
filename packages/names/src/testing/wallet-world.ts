// Contract wallets on a chain, and those who decide over them.

import { concatBytes } from '@posthorn/bytes'
import {
  type Account,
  bytesToHex,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  hexToBytes,
  type LocalAccount,
} from 'viem'
import type { Anvil } from './anvil.ts'
import { compile, deploy } from './contracts.ts'

/** Makers of wallets and signatures. */
export type WalletWorld = {
  readonly wallet: ReturnType<ReturnType<typeof compile>>
  /** Puts a wallet on the chain. */
  create(owner: Account): Promise<Hex>
  /** Where a wallet would be that nobody has made yet. */
  future(owner: Account): Promise<{
    readonly address: Hex
    wrap(signature: Uint8Array): Uint8Array
    make(): Promise<void>
  }>
}

const salt: Hex = `0x${'5a'.repeat(32)}`
const magic: Hex = `0x${'6492'.repeat(16)}`

/** Puts the factory on a chain. */
export async function startWalletWorld(chain: Anvil): Promise<WalletWorld> {
  const contract = compile('wallets.sol')
  const wallet = contract('Wallet')
  const { abi } = contract('WalletFactory')
  const factory = await deploy(chain, contract('WalletFactory'))
  return {
    wallet,
    create: (owner) => deploy(chain, wallet, [owner.address]),
    async future(owner) {
      const args = [owner.address, salt] as const
      const address = await chain.reader.readContract({
        abi,
        address: factory,
        functionName: 'addressOf',
        args,
      })
      const data = encodeFunctionData({ abi, functionName: 'create', args })
      return {
        address: address as Hex,
        wrap(signature) {
          const inner = encodeAbiParameters(
            [{ type: 'address' }, { type: 'bytes' }, { type: 'bytes' }],
            [factory, data, bytesToHex(signature)],
          )
          return concatBytes(hexToBytes(inner), hexToBytes(magic))
        },
        async make() {
          const hash = await chain.writer.sendTransaction({ to: factory, data })
          await chain.reader.waitForTransactionReceipt({ hash })
        },
      }
    },
  }
}

/** The signature of a key over a text. */
export async function signAsKey(account: LocalAccount, text: string): Promise<Uint8Array> {
  return hexToBytes(await account.signMessage({ message: text }))
}

/** The signature of a wallet over a text: its owner's, behind a byte of the wallet's own. */
export async function signAsWallet(owner: LocalAccount, text: string): Promise<Uint8Array> {
  return concatBytes(Uint8Array.of(1), await signAsKey(owner, text))
}
