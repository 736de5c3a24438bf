// Ports and addresses.

import type { AddressInfo, Server } from 'node:net'
import { UsageError } from '@posthorn/errors'

// Connections that may wait to be taken in, as far as the system allows: one more has to try again after a second.
const backlog = 4_096

/** How to make one more listening server. */
export type MakeServer = () => Server

// The machine has no such address: nothing to listen on, and no client can try.
const noSuchAddress: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'ENETUNREACH',
  'EINVAL',
])

/**
 * Listens on a port of a host; 0 picks a free one. The local host has two addresses, and clients may
 * try either.
 *
 * @returns the port
 * @throws UsageError `node/port-taken`, `node/cannot-listen`
 */
export async function listen(makeServer: MakeServer, host: string, port: number): Promise<number> {
  if (!isLocalHost(host)) return listenOn(makeServer(), host, port)
  const actualPort = await listenOn(makeServer(), '127.0.0.1', port)
  try {
    await listenOn(makeServer(), '::1', actualPort)
  } catch (error) {
    const isPicked = port === 0
    if (!isPicked && !noSuchAddress.has(reasonOf(error))) throw error
  }
  return actualPort
}

/** Whether a host name means this machine only, under both of its addresses. */
export function isLocalHost(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1'
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      server.close()
      reject(cannotListen(host, port, cause))
    })
    server.listen({ host, port, backlog }, () => resolve((server.address() as AddressInfo).port))
  })
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): UsageError {
  const details = { port, reason: cause.code ?? 'unknown' }
  if (cause.code === 'EADDRINUSE') {
    return new UsageError(
      'node/port-taken',
      `Listen on ${host}: port ${port} is taken by another program, choose others with --api-port`,
      { cause, details },
    )
  }
  return new UsageError(
    'node/cannot-listen',
    `Listen on ${host} port ${port}: ${cause.code ?? cause.message}, choose another --host or --api-port`,
    { cause, details },
  )
}

function reasonOf(error: unknown): string {
  return error instanceof UsageError ? String(error.details['reason']) : ''
}
