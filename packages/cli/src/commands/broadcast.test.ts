import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@posthorn/client'
import { generatePrivateKey, loadCrypto } from '@posthorn/crypto'
import { addressOf } from '@posthorn/identity'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeKeyFile } from '../key-file.ts'
import { keyPathIn } from '../key-path.ts'
import { type Finished, posthorn } from '../testing/posthorn-process.ts'
import { startTestNode, type TestNode } from '../testing/test-node.ts'

const crypto = await loadCrypto()
const nobody = '0x000000000000000000000000000000000000dEaD'
let folder = ''
let node: TestNode
let members: readonly Client[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-broadcast-'))
  node = await startTestNode()
  const newMember = (): Promise<Client> =>
    createClient(generatePrivateKey(crypto), { url: node.url, crypto })
  members = [await newMember(), await newMember(), await newMember()]
  const privateKey = generatePrivateKey(crypto)
  const address = addressOf(crypto, crypto.curve.publicKey(privateKey))
  await writeKeyFile(keyPathIn(join(folder, 'home')), {
    address,
    secret: { kind: 'private-key', bytes: privateKey },
  })
})

afterAll(async () => {
  for (const client of members) await client.close()
  await node[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

function run(args: readonly string[], input?: string): Promise<Finished> {
  const env = { POSTHORN_HOME: join(folder, 'home'), POSTHORN_URL: node.url }
  return posthorn(['broadcast', ...args], { env, ...(input === undefined ? {} : { input }) })
}

async function inboxes(): Promise<unknown[][]> {
  const all: unknown[][] = []
  for (const client of members) {
    const found: unknown[] = []
    for (const each of await client.conversations()) {
      for (const { content } of await each.messages()) found.push(content)
    }
    all.push(found)
  }
  return all
}

test('a broadcast goes to everybody in a file once, however often it is run', async () => {
  const [one, two] = members.map(({ address }) => address)
  const list = join(folder, 'holders.txt')
  await writeFile(list, `# holders\n${one}\n\n${two?.toLowerCase()} # Bob\n${one}\n`)
  const first = await run(['gm', '--to', list])
  expect(first).toMatchObject({ exitCode: 0, stdout: '2 sent\n', stderr: '' })
  expect((await stat(`${list}.journal`)).mode & 0o777).toBe(0o600)
  expect(await run(['gm', '--to', list])).toMatchObject({ exitCode: 0, stdout: '2 sent\n' })
  expect(await inboxes()).toEqual([['gm'], ['gm'], []])

  const other = await run(['good night', '--to', list, '--json'])
  expect(other.exitCode).toBe(1)
  expect(JSON.parse(other.stderr).error).toMatchObject({
    code: 'announce/other-job',
    hint: expect.stringContaining('--journal'),
  })
})

test('who cannot be written to is named, kept for later where that is asked for, and tried again', async () => {
  const third = members[2]?.address ?? ''
  const journal = join(folder, 'job.jsonl')
  const args = ['gm', '--to', '-', '--journal', journal]
  const input = `${third}\n${nobody}\nbob\n`
  const first = await run(args, input)
  expect(first.exitCode).toBe(1)
  expect(first.stdout).toMatch(
    /^refused {2}bob {2}Read address: .*\nnot-registered {2}0x0{36}dEaD\n/,
  )
  expect(first.stdout).toMatch(/1 refused, (1 sent, 1 not-registered|1 not-registered, 1 sent)\n$/)
  const kept = await run([...args, '--try-again', '--keep', '--json'], input)
  const lines = kept.stdout.trim().split('\n')
  const documents = lines.map((line): { address: string; kind: string } => JSON.parse(line))
  expect(documents.map(({ address, kind }) => [address, kind])).toEqual([
    ['bob', 'refused'],
    [third, 'sent'],
    [nobody, 'queued'],
  ])
  expect((await inboxes())[2]).toEqual(['gm'])
  expect(await readFile(journal, 'utf8')).not.toContain('"gm"')
})

test('what is kept for somebody is delivered once they have joined', async () => {
  const privateKey = generatePrivateKey(crypto)
  const address = addressOf(crypto, crypto.curve.publicKey(privateKey))
  const env = { POSTHORN_HOME: join(folder, 'home'), POSTHORN_URL: node.url }
  const sent = await posthorn(['send', address, 'welcome', '--keep'], { env })
  expect(sent.stdout).toMatch(/^queued [0-9a-f]{32}\n$/)
  const early = await posthorn(['deliver'], { env })
  expect(early).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d waiting\n$/) })
  await using client = await createClient(privateKey, { url: node.url, crypto })
  const { stdout } = await posthorn(['deliver'], { env })
  expect(stdout).toContain(`delivered  ${address}\n`)
  const [conversation] = await client.conversations()
  expect((await conversation?.messages())?.map(({ content }) => content)).toEqual(['welcome'])
})

test('mistakes in what was typed are told before anything is sent', async () => {
  const cases = [
    [['gm', '--to', '-'], 'cli/no-journal'],
    [['gm', '--to', join(folder, 'none.txt')], 'cli/no-addresses'],
    [['', '--to', '-', '--journal', join(folder, 'j')], 'cli/no-text'],
    [['gm', '--to', '-', '--journal', join(folder, 'j'), '--per-second', '0'], 'cli/bad-count'],
  ] as const
  for (const [args, code] of cases) {
    const { exitCode, stderr } = await run([...args, '--json'], '')
    expect([exitCode, JSON.parse(stderr).error.code]).toEqual([2, code])
  }
})
