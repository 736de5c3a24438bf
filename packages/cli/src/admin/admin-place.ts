// Where the admin API of a node is, and the secret that opens it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NotFoundError, StorageError } from '@posthorn/errors'
import type { Command } from 'commander'

/** The options by which people name a node that they run. */
export type AdminOptions = {
  readonly data?: string | undefined
  readonly adminUrl?: string | undefined
  readonly adminTokenFile?: string | undefined
}

/** A node's admin API. */
export type AdminPlace = { readonly url: string; readonly token: string }

const defaultData = 'posthorn-data'

/** Gives a command the options of {@link AdminOptions}. */
export function addAdminOptions(command: Command): Command {
  return command
    .option('--data <dir>', `folder of the node (env POSTHORN_DATA; default ${defaultData})`)
    .option('--admin-url <url>', 'its admin API, when the folder is not on this machine')
    .option('--admin-token-file <file>', 'file with its token')
}

/** The folder that options, or the environment, name. */
export function dataOf({ data }: AdminOptions): string {
  return data ?? (process.env['POSTHORN_DATA'] || defaultData)
}

/**
 * Where the API is.
 *
 * @throws NotFoundError `admin/no-node` when no node runs on the folder; StorageError `admin/no-token`
 */
export function adminPlaceOf(options: AdminOptions): AdminPlace {
  const place = findAdminPlace(options)
  if (place !== undefined) return place
  throw new NotFoundError(
    'admin/no-node',
    `Find admin API: no node runs on ${dataOf(options)}, expected admin.url there`,
  )
}

/** The same; undefined when no node seems to run. */
export function findAdminPlace(options: AdminOptions): AdminPlace | undefined {
  const data = dataOf(options)
  const url = options.adminUrl ?? readIfThere(join(data, 'admin.url'))
  if (url === undefined) return undefined
  const file = options.adminTokenFile ?? join(data, 'admin.token')
  const token = readIfThere(file)
  if (token !== undefined) return { url: url.replace(/\/+$/, ''), token }
  throw new StorageError('admin/no-token', `Read admin token: ${file} cannot be read`)
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
