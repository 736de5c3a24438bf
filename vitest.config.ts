import type { ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = {
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'testing/src/**/*.test.ts',
      'conformance/**/*.test.ts',
      'benchmarks/**/*.test.ts',
      'examples/*.test.ts',
    ],
    exclude: ['**/*.long.test.ts', '**/node_modules/**'],
    testTimeout: 30_000,
    pool: 'threads',
  },
}

export default config
