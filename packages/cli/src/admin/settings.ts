// Reads and changes settings by the admin API.

import type { Context } from '../context.ts'
import { printable } from '../printable.ts'
import type { AdminClient } from './admin-client.ts'

/** One run of an admin command. */
export type AdminSession = { readonly context: Context; readonly client: AdminClient }

/** Runs work with the node that the command line names. */
export type AdminRun = (work: (session: AdminSession) => Promise<undefined>) => Promise<void>

/** What to change; keys without a value are removed. */
export type SettingsChange = {
  readonly changes: readonly { readonly key: string; readonly value?: unknown }[]
  readonly note?: string | undefined
}

type Changed = { readonly version: number; readonly isChanged: boolean }
type Settings = { readonly version: number; readonly values: Readonly<Record<string, unknown>> }

/** Makes a change and says what became of it. */
export async function changeSettings(
  { context, client }: AdminSession,
  body: SettingsChange,
): Promise<undefined> {
  const answer = await client.ask<Changed>({ method: 'POST', path: 'settings', body })
  const text = answer.isChanged ? 'changed' : 'nothing to change: it is so already'
  context.output.result(answer, text)
  return undefined
}

/** Prints the settings whose keys begin with a prefix. */
export async function readSettings(
  { context, client }: AdminSession,
  ...prefixes: readonly string[]
): Promise<undefined> {
  const { version, values } = await client.ask<Settings>({ method: 'GET', path: 'settings' })
  const found = Object.entries(values).filter(([key]) =>
    prefixes.some((prefix) => key.startsWith(prefix)),
  )
  const lines = found.map(([key, value]) => `${key}  ${JSON.stringify(value)}`)
  const text = lines.length === 0 ? 'none is set' : lines.map(printable).join('\n')
  context.output.result({ version, values: Object.fromEntries(found) }, text)
  return undefined
}
