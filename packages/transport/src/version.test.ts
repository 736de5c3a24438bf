import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { clientVersion } from './version.ts'

test('the version sent to nodes is the version of the package', () => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  expect(JSON.parse(manifest)).toMatchObject({ version: clientVersion })
})
