// `posthorn admin allow|deny|privileged`: places on the lists.

import type { Command } from 'commander'
import { Option } from 'commander'
import { type AdminRun, changeSettings, readSettings } from './settings.ts'

type ListOptions = { readonly power: string; readonly comment?: string; readonly note?: string }

const subjects = 'accounts (0x…), IP addresses or blocks (192.0.2.0/24)'

/** Declares the commands of one list. */
export function declareList(parent: Command, list: string, run: AdminRun): void {
  const command = parent.command(list).description(descriptions[list] ?? list)
  const hasPowers = list !== 'privileged'
  const keysOf = (names: readonly string[], { power }: ListOptions): readonly string[] =>
    names.flatMap((name) =>
      hasPowers
        ? powersOf(power).map((each) => `access/${list}/${each}/${name}`)
        : [`access/${list}/${name}`],
    )
  const withOptions = (each: Command): Command => {
    if (hasPowers) each.addOption(powerOption())
    return each.option('--note <text>', 'why, for the audit log')
  }
  withOptions(command.command('add'))
    .description('put on the list')
    .argument('<subject...>', subjects)
    .option('--comment <text>', 'kept beside the place')
    .action((names: readonly string[], options: ListOptions) =>
      run(async (session) => {
        const value = { comment: options.comment ?? '' }
        const changes = keysOf(names, options).map((key) => ({ key, value }))
        return changeSettings(session, { changes, note: options.note })
      }),
    )
  withOptions(command.command('remove'))
    .description('take off the list')
    .argument('<subject...>', subjects)
    .action((names: readonly string[], options: ListOptions) =>
      run((session) => {
        const changes = keysOf(names, options).map((key) => ({ key }))
        return changeSettings(session, { changes, note: options.note })
      }),
    )
  command
    .command('list')
    .description('print the list')
    .action(() => run((session) => readSettings(session, `access/${list}/`)))
}

const descriptions: Readonly<Record<string, string>> = {
  allow: 'who may use the node while its mode is allow-list',
  deny: 'who may not use the node, whatever else is said',
  privileged: 'who has more than the usual limits, and is always allowed',
}

function powerOption(): Option {
  return new Option('--power <power>', 'what it is about')
    .choices(['register', 'publish', 'both'])
    .default('both')
}

function powersOf(power: string): readonly string[] {
  return power === 'both' ? ['register', 'publish'] : [power]
}
