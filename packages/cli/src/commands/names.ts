import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../failure.ts'
import { openNames } from '../names/open-names.ts'
import { findName } from '../names/recipient.ts'
import { printable } from '../printable.ts'

const help = `
Examples:
  posthorn names resolve alice.eth --ethereum-url https://ethereum.example
  posthorn names lookup 0x5EAd012F2F3064589EEf77e8338DF037019AC784

With POSTHORN_ETHEREUM_URL set, a name may stand wherever a command takes an address, and conversations
and messages show names. The server learns whose names are asked for.`

/** `posthorn names`: from a name to an address, and from an address to its name. */
export const declareNames: DeclareCommand = (command, run) => {
  command.addHelpText('after', help)
  command
    .command('resolve')
    .description('print the address that a name leads to')
    .argument('<name>', 'a name of ENS, such as alice.eth or alice.base.eth')
    .action((name: string) => run((context) => resolve(context, name)))
  command
    .command('lookup')
    .description('print the name of an address; exit code 1 when it has none that leads back to it')
    .argument('<address>', 'an address')
    .action((address: string) => run((context) => lookup(context, address)))
}

async function resolve(context: Context, name: string): Promise<undefined> {
  const found = await findName(context, name)
  context.output.result(found, found.address)
  return undefined
}

async function lookup(context: Context, address: string): Promise<number> {
  const { output } = context
  const names = await openNames(context)
  const found = await output.waiting('Asking for the name', names.lookup(address))
  output.result(found ?? { address, name: null }, printable(found?.name ?? ''))
  if (found === undefined) output.note('It has no name that leads back to it.')
  return found === undefined ? exitCodes.failure : exitCodes.ok
}
