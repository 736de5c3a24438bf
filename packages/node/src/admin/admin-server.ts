// The admin port: for the operator alone, behind a token, away from the ports that clients use.

import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { NodeConfig } from '../config-options.ts'
import type { Events } from '../events.ts'
import { isLocalHost, listen } from '../server/listen.ts'
import { adminRequest, sendAnswer, sendFailure, sendText } from './admin-exchange.ts'
import {
  type AdminParts,
  type AdminRoute,
  createAdminRoutes,
  unknownRoute,
} from './admin-routes.ts'
import { createTokenCheck, readOrMakeToken } from './admin-token.ts'

/** The admin API while it listens. */
export type AdminServer = AsyncDisposable & {
  /** `http://host:port`. */
  readonly url: string
}

const tokenFile = 'admin.token'
const urlFile = 'admin.url'

/** Whether a node has an admin port: without a folder for the token it needs to be asked for. */
export function hasAdmin(config: NodeConfig): boolean {
  const { 'admin-port': port, 'admin-token-file': file, store } = config
  return port !== 'off' && (store !== 'memory' || port !== 0 || file !== '')
}

/**
 * Listens, and writes the address to the data folder, where `posthorn admin` looks.
 *
 * @throws UsageError `node/port-taken`, `node/cannot-listen`, `admin/bad-token`; StorageError
 * `admin/token-unavailable`
 */
export async function startAdminServer(parts: AdminParts): Promise<AdminServer> {
  const { config } = parts
  const file = config['admin-token-file'] || join(config.data, tokenFile)
  const isAllowed = createTokenCheck(readOrMakeToken(file, parts.random))
  const routes = createAdminRoutes(parts)
  const servers: Server[] = []
  const port = await listen(
    () => {
      const server = createServer((request, response) => {
        response.on('error', () => {})
        void answer({ request, response, routes, isAllowed, events: parts.events })
      })
      servers.push(server)
      return server
    },
    config['admin-host'],
    config['admin-port'] === 'off' ? 0 : config['admin-port'],
  )
  const url = urlOf(config['admin-host'], port)
  const forget = writeUrl(config, url)
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      forget()
      for (const server of servers) {
        server.close()
        server.closeAllConnections()
      }
    },
  }
}

type AdminCall = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly routes: ReadonlyMap<string, AdminRoute>
  readonly isAllowed: (header: string | undefined) => boolean
  readonly events: Pick<Events, 'callFailed'>
}

async function answer({ request, response, routes, isAllowed, events }: AdminCall): Promise<void> {
  try {
    if (!isAllowed(request.headers.authorization)) return refuse(response)
    const url = new URL(request.url ?? '/', 'http://admin')
    const route = routes.get(`${request.method} ${url.pathname}`)
    if (route === undefined) throw unknownRoute(routes)
    await sendAnswer(response, await route(adminRequest(request, response, url)))
  } catch (error) {
    events.callFailed('admin', error)
    sendFailure(response, error)
  }
}

function refuse(response: ServerResponse): void {
  const message = 'Admin request: found no token or another, expected authorization: Bearer TOKEN'
  response.setHeader('www-authenticate', 'Bearer')
  const text = `${JSON.stringify({ error: { code: 'admin/unauthorized', message } })}\n`
  sendText(response, 401, { text })
}

// Where there is no folder, the one who chose a port knows it.
function writeUrl({ data, store }: NodeConfig, url: string): () => void {
  if (store === 'memory') return () => {}
  const path = join(data, urlFile)
  try {
    writeFileSync(path, `${url}\n`, { mode: 0o600 })
  } catch {
    // The ready line tells it as well.
    return () => {}
  }
  return () => rmSync(path, { force: true })
}

function urlOf(host: string, port: number): string {
  if (isLocalHost(host)) return `http://127.0.0.1:${port}`
  return host.includes(':') ? `http://[${host}]:${port}` : `http://${host}:${port}`
}
