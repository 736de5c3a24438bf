import { createAdminClient } from '../admin/admin-client.ts'
import { type AdminOptions, addAdminOptions, adminPlaceOf } from '../admin/admin-place.ts'
import { declareList } from '../admin/list-commands.ts'
import { declareLimit, declareMode, declareRetention } from '../admin/rule-commands.ts'
import type { AdminRun, AdminSession } from '../admin/settings.ts'
import type { DeclareCommand } from '../command.ts'
import { parseCount } from '../parse-count.ts'
import { printable } from '../printable.ts'

const help = `
Examples:
  posthorn admin status --data /var/lib/posthorn
  posthorn admin mode allow-list
  posthorn admin allow add 0x5EAd012F2F3064589EEf77e8338DF037019AC784 --comment Ada
  posthorn admin deny add 192.0.2.0/24 --note "ticket 7"
  posthorn admin limit set publish 3000/600
  posthorn admin retention preview v2-conversation 90
  posthorn admin retention set v2-conversation 90
  posthorn admin audit --limit 20

A node that runs tells where its admin API is in its folder (admin.url, admin.token), so --data is enough on its
own machine. Changes hold at once, on every node of the same database.`

type AuditEntry = {
  readonly id: number
  readonly atNs: string
  readonly actor: string
  readonly note?: string
  readonly key: string
  readonly before?: unknown
  readonly after?: unknown
}

/** `posthorn admin`: lists, limits, retention and state of a running node. */
export const declareAdmin: DeclareCommand = (command, run) => {
  addAdminOptions(command).addHelpText('after', help)
  const runAdmin: AdminRun = (work) =>
    run(async (context) => {
      const client = createAdminClient(adminPlaceOf(command.opts<AdminOptions>()))
      return work({ context, client })
    })
  command
    .command('status')
    .description('how the node is doing')
    .action(() => runAdmin(status))
  declareMode(command, runAdmin)
  for (const list of ['allow', 'deny', 'privileged']) declareList(command, list, runAdmin)
  declareLimit(command, runAdmin)
  declareRetention(command, runAdmin)
  command
    .command('audit')
    .description('who changed which setting, newest first')
    .option('--limit <n>', 'most changes to print', parseCount, 20)
    .action(({ limit }: { readonly limit: number }) => runAdmin((session) => audit(session, limit)))
  command
    .command('reload')
    .description('read the configuration file again')
    .action(() => runAdmin(reload))
}

async function status({ context, client }: AdminSession): Promise<undefined> {
  type Status = Readonly<Record<string, unknown>> & { readonly access: object }
  const answer = await client.ask<Status>({ method: 'GET', path: 'status' })
  const { access, ...figures } = answer
  const rows = [...Object.entries(figures), ...Object.entries(access)]
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}`)
  context.output.result(answer, lines.join('\n'))
  return undefined
}

async function audit({ context, client }: AdminSession, limit: number): Promise<undefined> {
  type Audit = { readonly entries: readonly AuditEntry[] }
  const answer = await client.ask<Audit>({ method: 'GET', path: `audit?limit=${limit}` })
  const lines = answer.entries.map(({ atNs, actor, key, before, after, note }) => {
    const time = new Date(Number(BigInt(atNs) / 1_000_000n)).toISOString()
    const why = note === undefined ? '' : `  (${note})`
    return printable(`${time}  ${actor}  ${key}  ${shown(before)} → ${shown(after)}${why}`)
  })
  context.output.result(answer, lines.length === 0 ? 'no changes yet' : lines.join('\n'))
  return undefined
}

async function reload({ context, client }: AdminSession): Promise<undefined> {
  type Reload = { readonly applied: readonly string[]; readonly needRestart: readonly string[] }
  const answer = await client.ask<Reload>({ method: 'POST', path: 'reload' })
  const applied = answer.applied.join(', ') || 'nothing new'
  const restart = answer.needRestart.join(', ')
  const rest = restart === '' ? '' : `\nafter a restart: ${restart}`
  context.output.result(answer, `applied: ${applied}${rest}`)
  return undefined
}

function shown(value: unknown): string {
  if (value === undefined) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
