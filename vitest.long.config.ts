import { join } from 'node:path'
import type { ViteUserConfig } from 'vitest/config'

// As for the other tests: what is started often starts from compiled sources.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/compiled')

// `npm run test:long -- NAME` runs the long tests whose path contains NAME; without it, all of them.
const config: ViteUserConfig = {
  test: {
    include: [
      'packages/*/src/**/*.long.test.ts',
      'testing/src/**/*.long.test.ts',
      'conformance/**/*.long.test.ts',
    ],
    exclude: ['**/node_modules/**'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    pool: 'threads',
  },
}

export default config
