import { createServer } from 'node:net'
import type { Check } from './check.ts'

/** Looks at whether a node could listen; `usedBy` names ports that a node which answers has. */
export async function checkPorts(
  ports: readonly number[],
  usedBy: { readonly nodePort: number | undefined },
): Promise<Check> {
  const name = 'ports'
  const free = await Promise.all(ports.map(isFree))
  const taken = ports.filter((_, index) => free[index] === false)
  if (taken.length === 0) return { name, status: 'ok', found: `${ports.join(', ')} are free` }
  if (usedBy.nodePort !== undefined && taken.includes(usedBy.nodePort)) {
    return { name, status: 'ok', found: `${taken.join(', ')} in use, by the node that answers` }
  }
  return {
    name,
    status: 'warn',
    found: `${taken.join(', ')} in use by another program`,
    advice: 'stop it, or choose other ports with: posthorn up --api-port 0',
  }
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
    server.close(() => resolve(true))
  })
  return promise
}
