// Runtimes that are a command: the program is a file, its report the last line that it prints.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { anywhereSource, bundle, bundleFolder } from '../bundle.ts'
import type { Outcome, Platform } from '../platform.ts'
import type { Report } from '../programs/report.ts'
import { ensureRuntime, output } from '../runtimes.ts'
import type { World } from '../world.ts'

const backends = ['native', 'web', 'noble']
const cpu = process.arch

/** Node, the one that runs this. */
export const node: Platform = {
  name: 'node',
  run: (world) => runCommand('node', { command: process.execPath, args: [] }, world),
}

/** Bun. */
export const bun: Platform = {
  name: 'bun',
  run: async (world) => {
    const file = `@oven/bun-${process.platform}-${cpu === 'arm64' ? 'aarch64' : cpu}/bin/bun`
    const runtime = ensureRuntime('bun', file)
    if (runtime.kind === 'missing') return { kind: 'skipped', reason: runtime.reason }
    return runCommand('bun', { command: runtime.path(file), args: ['run'] }, world)
  },
}

/** Deno. */
export const deno: Platform = {
  name: 'deno',
  run: async (world) => {
    const libc = process.platform === 'linux' ? '-glibc' : ''
    const file = `@deno/${process.platform}-${cpu}${libc}/deno`
    const runtime = ensureRuntime('deno', file)
    if (runtime.kind === 'missing') return { kind: 'skipped', reason: runtime.reason }
    const args = ['run', '--allow-all', '--no-check']
    return runCommand('deno', { command: runtime.path(file), args }, world)
  },
}

type Command = { readonly command: string; readonly args: readonly string[] }

async function runCommand(
  name: string,
  { command, args }: Command,
  world: World,
): Promise<Outcome> {
  const options = { vectors: world.vectors, backends, node: await world.node() }
  const tell = 'console.log(JSON.stringify(await report)); process.exit(0)'
  const script = join(bundleFolder, `${name}.mjs`)
  mkdirSync(bundleFolder, { recursive: true })
  writeFileSync(script, await bundle(anywhereSource(options, tell, 'files'), 'node'))
  const [version] = (await output(command, ['--version'])).split('\n')
  const lines = (await output(command, [...args, script])).trim().split('\n')
  const report = JSON.parse(lines.at(-1) ?? '') as Report
  return { kind: 'ran', version: (version ?? '').replace(/^v|^deno /, ''), report }
}
