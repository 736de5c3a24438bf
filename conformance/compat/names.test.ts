// Every name of the published package is one of the facade, or absent for a reason that readers are told.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { absent } from './absent.ts'
import { exportedNames } from './exported-names.ts'

const root = join(import.meta.dirname, '../..')
const readJson = async (name: string): Promise<string[]> =>
  JSON.parse(await readFile(join(import.meta.dirname, name), 'utf8'))
const published = await readJson('published-names.json')
const ours = new Set(exportedNames(join(root, 'packages/compat/src/index.ts')))

test('every published name is exported, or absent for a reason', () => {
  expect(published.length).toBeGreaterThan(100)
  expect(published.filter((name) => !ours.has(name))).toEqual(Object.keys(absent).sort())
})

test('the migration page names everything that is absent', async () => {
  const page = await readFile(join(root, 'docs/migrating.md'), 'utf8')
  const told = new Set([...page.matchAll(/`([A-Za-z0-9]+)`/g)].map(([, name]) => name))
  expect(Object.keys(absent).filter((name) => !told.has(name))).toEqual([])
})
