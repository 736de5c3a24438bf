// Loads the published packages that conformance/ and benchmarks/ run against. They are installed on first
// use, outside the workspaces, so that `npm ci` at the root stays small.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const directory = import.meta.dirname

/** Installs the peers from their own lock file unless all of them are there. */
export function ensurePeers(): void {
  if (peerNames().every((name) => existsSync(pathOfPeer(name)))) return
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

/** A file of a peer that its own exports hide, or the folder of the peer. */
export function pathOfPeer(name: string): string {
  return join(directory, 'node_modules', name)
}

function peerNames(): string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  return Object.keys((manifest as { dependencies: Record<string, string> }).dependencies)
}
