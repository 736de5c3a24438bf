// The flows against the facade and a node in this process, compared with what the published package gave when
// `run.ts --record` ran.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as compat from '@posthorn/compat'
import { parseConfig, type RunningNode, startNode } from '@posthorn/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flows } from './flows.ts'
import { observe } from './observe.ts'

const published: unknown = JSON.parse(
  await readFile(join(import.meta.dirname, 'published.json'), 'utf8'),
)

let folder: string
let node: RunningNode

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-compat-'))
  const flags = { 'api-port': '0', data: folder, 'grace-ms': '100' }
  node = await startNode(parseConfig({ flags }))
})

afterAll(async () => {
  await node.kill()
  await rm(folder, { recursive: true, force: true })
})

test('all flows were recorded', () => {
  expect(Object.keys(published as object)).toEqual(flows.map(({ name }) => name))
})

describe('an application of the published API', () => {
  test.for(flows)('$name', async (flow) => {
    const observed = await observe(flow, { api: compat, url: node.apiUrls[0] ?? '' })
    expect(JSON.parse(JSON.stringify(observed))).toEqual(
      (published as Record<string, unknown>)[flow.name],
    )
  })
})
