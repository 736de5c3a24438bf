// The engine of Cloudflare Workers: a worker whose answer is the report.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../bundle.ts'
import type { Outcome, Platform } from '../platform.ts'
import type { Report } from '../programs/report.ts'
import { ensureRuntime, output } from '../runtimes.ts'
import type { World } from '../world.ts'

// Workers may reach only public addresses unless they are told otherwise; the node is at a local one.
const configuration = (port: number): string => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "worker.js")],
      compatibilityDate = "2026-10-01",
      globalOutbound = "network",
    )),
    (name = "network", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`

/** Workerd. */
export const workerd: Platform = {
  name: 'workerd',
  run: async (world) => {
    const cpu = process.arch === 'x64' ? '64' : process.arch
    const file = `@cloudflare/workerd-${process.platform}-${cpu}/bin/workerd`
    const runtime = ensureRuntime('workerd', file)
    if (runtime.kind === 'missing') return { kind: 'skipped', reason: runtime.reason }
    return serve(runtime.path(file), world)
  },
}

async function serve(command: string, world: World): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-workerd-'))
  const options = { vectors: world.vectors, backends: ['web', 'noble'], node: await world.node() }
  // Workers may neither draw randomness nor fetch before they are called.
  const source = `
    import { runAnywhere } from './programs/anywhere.ts'
    export default {
      async fetch() {
        return Response.json(await runAnywhere(${JSON.stringify(options)}))
      },
    }
  `
  const port = await freePort()
  writeFileSync(join(folder, 'worker.js'), await bundle(source, 'web-module'))
  writeFileSync(join(folder, 'config.capnp'), configuration(port))
  const child = spawn(command, ['serve', join(folder, 'config.capnp')], { stdio: 'inherit' })
  try {
    const [version] = (await output(command, ['--version'])).split('\n')
    const response = await answer(child, `http://127.0.0.1:${port}/`)
    if (!response.ok) throw new TypeError(`answered ${response.status}: ${await response.text()}`)
    const report = (await response.json()) as Report
    return { kind: 'ran', version: (version ?? '').replace(/^workerd /, ''), report }
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

async function answer(child: ChildProcess, url: string): Promise<Response> {
  for (;;) {
    if (child.exitCode !== null) throw new TypeError(`workerd ended with ${child.exitCode}`)
    try {
      return await fetch(url)
    } catch (error) {
      // Until it listens.
      if (child.exitCode !== null) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
