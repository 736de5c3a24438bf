// One file of a program for one kind of platform.

import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'

/** What a platform resolves packages for, and the form of its scripts. */
export type BundleKind = 'node' | 'web-module' | 'web-script' | 'react-native'

const kinds: Readonly<Record<BundleKind, BuildOptions>> = {
  node: { platform: 'node', format: 'esm', target: 'es2024' },
  'web-module': { platform: 'browser', format: 'esm', target: 'es2022' },
  'web-script': { platform: 'browser', format: 'iife', target: 'es2022' },
  // As Metro resolves: no `browser`, no builtins of Node.
  'react-native': {
    platform: 'neutral',
    format: 'iife',
    target: 'es2020',
    conditions: ['react-native'],
    mainFields: ['main'],
    supported: { 'async-generator': true, 'for-await': true },
  },
}

/** Bundles a source text, whose imports are relative to this folder. */
export async function bundle(source: string, kind: BundleKind): Promise<string> {
  const { outputFiles } = await build({
    ...kinds[kind],
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

/** Where a platform keeps what it keeps: the programs `device-….ts`. */
export type DeviceKind = 'files' | 'browser'

/** The source of {@link runAnywhere} with options written into it; `tell` takes the report's promise. */
export function anywhereSource(options: object, tell: string, device?: DeviceKind): string {
  const importDevice = device && `import { device } from './programs/device-${device}.ts'`
  return `
    import { runAnywhere } from './programs/anywhere.ts'
    ${importDevice ?? 'const device = undefined'}
    const report = runAnywhere({ ...${JSON.stringify(options)}, device })
    ${tell}
  `
}

/** Where bundles lie that resolve packages of the workspace when they run. */
export const bundleFolder: string = join(
  import.meta.dirname,
  '../../node_modules/.cache/posthorn-platforms',
)
