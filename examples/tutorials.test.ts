// The code of the tutorials for Node, run as its readers would run it: all blocks of a page as one program,
// against a real node.

import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseConfig, type RunningNode, startNode } from '@posthorn/node'
import { type TemporaryDirectory, temporaryDirectory } from '@posthorn/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pageSource } from '../scripts/docs/page-source.ts'

const root = join(import.meta.dirname, '..')
// Below the root, where imports find the packages.
const scripts = join(root, 'node_modules/.cache/posthorn-tutorials')

let folder: TemporaryDirectory
let nodes: readonly RunningNode[] = []

beforeAll(async () => {
  folder = await temporaryDirectory()
  mkdirSync(scripts, { recursive: true })
  nodes = await Promise.all(
    ['one', 'two'].map((name) => {
      const flags = { 'api-port': '0', data: join(folder.path, name) }
      return startNode(parseConfig({ flags }))
    }),
  )
})

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.kill()))
  rmSync(scripts, { recursive: true, force: true })
  await folder[Symbol.asyncDispose]()
})

type Ending = { readonly code: number | null; readonly out: string; readonly err: string }

async function run(name: string): Promise<Ending> {
  const { code } = pageSource(readFileSync(join(root, 'docs/tutorials', `${name}.md`), 'utf8'))
  const script = join(scripts, `${name}.mjs`)
  writeFileSync(script, stripTypeScriptTypes(atTheseNodes(code)))
  const child = spawn(process.execPath, [script], { cwd: folder.path, stdio: 'pipe' })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [out, err, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code: exitCode, out, err }
}

function atTheseNodes(code: string): string {
  const [one = '', two = ''] = nodes.map(({ apiUrls }) => apiUrls[0] ?? '')
  return code
    .replaceAll(/http:\/\/localhost:(?:5555|5601)/g, one)
    .replaceAll('http://localhost:5602', two)
}

test.each([
  ['first-chat', ['gm', 'Are you there?', 'unknown', 'live', 'Bob: I am, gm']],
  ['announcements', ['sent', 'sent', 'sent', 'unsubscribed']],
  ['several-nodes', ['live', 'Kept twice']],
  ['keeping-keys', ['2', '0', '0 conversations', 'Unlock?', 'bytes', 'true', '[]']],
])('%s does what its page says', async (name, words) => {
  const { code, out, err } = await run(name)
  expect(err).toBe('')
  expect(code).toBe(0)
  let at = 0
  for (const word of words) {
    expect(out.slice(at)).toContain(word)
    at = out.indexOf(word, at) + word.length
  }
  if (name === 'announcements') expect(out).not.toContain('new')
})
