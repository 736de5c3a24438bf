// The example for Expo: its types, and the bundle that a phone would load, compiled for Hermes. Nothing of it runs.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Platform } from '../platform.ts'
import { expectEqual, resultOf } from '../programs/report.ts'
import { ensureInstalled, output } from '../runtimes.ts'

const folder = join(import.meta.dirname, '../../../examples/expo')
const env = { ...process.env, CI: '1', EXPO_OFFLINE: '1', EXPO_NO_TELEMETRY: '1' }

/** Expo. */
export const expo: Platform = {
  name: 'expo',
  run: async () => {
    const installed = ensureInstalled(folder, 'expo/bin/cli')
    if (installed.kind === 'missing') return { kind: 'skipped', reason: installed.reason }
    const manifest = JSON.parse(readFileSync(installed.path('expo/package.json'), 'utf8')) as {
      readonly version: string
    }
    const run = (program: string, ...args: readonly string[]): Promise<string> =>
      output(process.execPath, [installed.path(program), ...args], { cwd: folder, env })
    const results = [
      await resultOf('the example type-checks', async () => {
        await run('typescript/bin/tsc', '-p', '.')
      }),
      await resultOf('Metro bundles it, and the compiler of Hermes takes it', () => bundles(run)),
    ]
    return { kind: 'ran', version: manifest.version, report: { results, backends: [] } }
  },
}

async function bundles(
  run: (program: string, ...args: readonly string[]) => Promise<string>,
): Promise<void> {
  const target = mkdtempSync(join(tmpdir(), 'posthorn-expo-'))
  try {
    await run('expo/bin/cli', 'export', '--platform', 'android', '--output-dir', target)
    const files = readdirSync(target, { recursive: true }).map(String)
    expectEqual(files.filter((name) => name.endsWith('.hbc')).length, 1, 'bytecode files')
  } finally {
    rmSync(target, { recursive: true, force: true })
  }
}
