// Loads the published packages that conformance/ and benchmarks/ run against. They are installed on first
// use, outside the workspaces, so that `npm ci` at the root stays small.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const directory = import.meta.dirname

/** Installs the peers from their own lock file unless they are there. */
export function ensurePeers(): void {
  if (existsSync(join(directory, 'node_modules/@xmtp/xmtp-js/package.json'))) return
  console.error('Installing the published peers (once)…')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** A peer's exports. `T` is the caller's own description of the part it uses. */
export function loadPeer<T>(name: string): T {
  ensurePeers()
  return createRequire(join(directory, 'load.ts'))(name) as T
}
