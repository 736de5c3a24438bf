// Runtimes from npm, each installed on first use into a folder of its own with its own lock, outside the
// workspaces: `npm ci` at the root stays small.

import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** A folder under `runtimes/`. */
export type RuntimeName = 'bun' | 'deno' | 'workerd' | 'hermes'

/** The folder of an installed runtime, or undefined with the reason said when it cannot be had. */
export type Installed =
  | { readonly kind: 'installed'; path(file: string): string }
  | { readonly kind: 'missing'; readonly reason: string }

/** Installs a runtime unless `file` is there. Install scripts do not run: binaries are started directly. */
export function ensureRuntime(name: RuntimeName, file: string): Installed {
  return ensureInstalled(join(import.meta.dirname, 'runtimes', name), file)
}

/** Installs the locked packages of a folder unless `file` is there. */
export function ensureInstalled(folder: string, file: string): Installed {
  const path = (each: string): string => join(folder, 'node_modules', each)
  if (!existsSync(path(file))) {
    console.error(`Installing ${folder.split('/').at(-1)} (once)…`)
    try {
      execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      })
    } catch {
      return { kind: 'missing', reason: 'npm could not install it' }
    }
  }
  if (existsSync(path(file))) return { kind: 'installed', path }
  return { kind: 'missing', reason: `no build for ${process.platform} ${process.arch}` }
}

/** What a command prints; an exit code other than 0 throws with its last words. */
export async function output(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (code !== 0) throw new TypeError(`ended with ${code}: ${`${out}\n${err}`.trim().slice(-400)}`)
  return out
}
