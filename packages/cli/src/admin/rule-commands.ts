// `posthorn admin mode|limit|retention`.

import { UsageError } from '@posthorn/errors'
import type { Command } from 'commander'
import { type AdminRun, type AdminSession, changeSettings, readSettings } from './settings.ts'

type Report = {
  readonly rules: readonly {
    readonly category: string
    readonly days: number
    readonly envelopes: number
    readonly bytes: number
  }[]
}

type Noted = { readonly note?: string }

const noteOption = ['--note <text>', 'why, for the audit log'] as const

/** Declares `mode`. */
export function declareMode(parent: Command, run: AdminRun): void {
  parent
    .command('mode')
    .description('who may publish: everybody who is not denied, or those who are allowed')
    .argument(
      '[mode]',
      'open, allow-list, or remove, which leaves it to the configuration; without it the mode is printed',
    )
    .option(...noteOption)
    .action((mode: string | undefined, { note }: Noted) =>
      run((session) => {
        if (mode === undefined) return printMode(session)
        const value = mode === 'remove' ? undefined : mode
        return changeSettings(session, { changes: [{ key: 'access/mode', value }], note })
      }),
    )
}

/** Declares `limit`. */
export function declareLimit(parent: Command, run: AdminRun): void {
  const command = parent.command('limit').description('how much a client may do')
  command
    .command('set')
    .description('set a limit')
    .argument('<name>', 'read, publish, register, publish/v2-invite …, or privileged')
    .argument('<limit>', 'BURST/PER_MINUTE, as 3000/600; for privileged how many times as much')
    .option(...noteOption)
    .action((name: string, limit: string, { note }: Noted) =>
      run((session) => {
        const value = name === 'privileged' ? Number(limit) : limit
        return changeSettings(session, { changes: [{ key: `limits/${name}`, value }], note })
      }),
    )
  command
    .command('remove')
    .description('go back to what the node was started with')
    .argument('<name>')
    .option(...noteOption)
    .action((name: string, { note }: Noted) =>
      run((session) => changeSettings(session, { changes: [{ key: `limits/${name}` }], note })),
    )
  command
    .command('list')
    .description('print the limits that are set')
    .action(() => run((session) => readSettings(session, 'limits/')))
}

/** Declares `retention`. */
export function declareRetention(parent: Command, run: AdminRun): void {
  const command = parent.command('retention').description('how long messages are kept')
  const kind = 'kind of topic: v2-conversation, v1-conversation, v2-invite, contact …'
  command
    .command('set')
    .description('keep a kind of topic for so many days')
    .argument('<category>', kind)
    .argument('<days>')
    .option(...noteOption)
    .action((category: string, days: string, { note }: Noted) =>
      run((session) => {
        const changes = [{ key: `retention/${category}`, value: { days: Number(days) } }]
        return changeSettings(session, { changes, note })
      }),
    )
  command
    .command('remove')
    .description('keep a kind of topic for good')
    .argument('<category>', kind)
    .option(...noteOption)
    .action((category: string, { note }: Noted) =>
      run((session) => {
        const changes = [{ key: `retention/${category}` }]
        return changeSettings(session, { changes, note })
      }),
    )
  command
    .command('list')
    .description('print the rules')
    .action(() => run((session) => readSettings(session, 'retention/')))
  command
    .command('preview')
    .description('tell what the rules, or one that is not set yet, would delete now')
    .argument('[category]', kind)
    .argument('[days]')
    .action((category: string | undefined, days: string | undefined) =>
      run((session) => preview(session, category, days)),
    )
  command
    .command('run')
    .description('delete now what the rules say; the node does so every hour by itself')
    .action(() =>
      run(async ({ context, client }) => {
        const work = client.ask<Report>({ method: 'POST', path: 'retention/run' })
        const report = await context.output.waiting('Deleting', work)
        context.output.result(report, reportText(report, 'deleted'))
        return undefined
      }),
    )
}

async function printMode({ context, client }: AdminSession): Promise<undefined> {
  type Status = { readonly access: { readonly mode: string } }
  const { access } = await client.ask<Status>({ method: 'GET', path: 'status' })
  context.output.result({ mode: access.mode }, access.mode)
  return undefined
}

async function preview(
  { context, client }: AdminSession,
  category: string | undefined,
  days: string | undefined,
): Promise<undefined> {
  if (category !== undefined && days === undefined) {
    throw new UsageError(
      'cli/no-days',
      'Preview retention: found no days, expected them behind the kind',
    )
  }
  const query =
    category === undefined ? '' : `?${new URLSearchParams({ category, days: days ?? '' })}`
  const work = client.ask<Report>({ method: 'GET', path: `retention${query}` })
  const report = await context.output.waiting('Counting', work)
  context.output.result(report, reportText(report, 'would be deleted'))
  return undefined
}

function reportText({ rules }: Report, what: string): string {
  if (rules.length === 0) return 'no rule is set: everything is kept'
  return rules
    .map(
      ({ category, days, envelopes, bytes }) =>
        `${category}, older than ${days} days: ${envelopes} messages of ${bytes} bytes ${what}`,
    )
    .join('\n')
}
