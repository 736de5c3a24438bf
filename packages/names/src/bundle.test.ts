import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'

// Folders of packages that a browser would download with an entry.
async function packagesOf(entry: string): Promise<{ names: Set<string>; builtins: string[] }> {
  const { metafile } = await build({
    entryPoints: [join(import.meta.dirname, entry)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
  })
  const paths = Object.keys(metafile.inputs)
  const names = paths.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
  return {
    names: new Set(names.filter((name) => name !== undefined)),
    builtins: paths.filter((path) => path.startsWith('node:')),
  }
}

describe('what a browser downloads', () => {
  test('the main entry is without viem', async () => {
    const { names } = await packagesOf('index.ts')
    expect(names).not.toContain('viem')
  })

  test.each(['ens.ts', 'wallet.ts'])('%s brings viem and nothing of Node', async (entry) => {
    const { names, builtins } = await packagesOf(entry)
    expect(names).toContain('viem')
    expect(builtins).toEqual([])
  })
})
