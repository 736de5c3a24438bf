import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@posthorn/client'
import { generatePrivateKey, loadCrypto } from '@posthorn/crypto'
import { type EnsWorld, noAnvil, startEnsWorld, startTimeoutMs } from '@posthorn/names/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeKeyFile } from '../key-file.ts'
import { keyPathIn } from '../key-path.ts'
import { type Finished, posthorn, start } from '../testing/posthorn-process.ts'
import { startTestNode, type TestNode } from '../testing/test-node.ts'

type Hex = `0x${string}`

const stranger = '0x5720000000000000000000000000000000000009'
// Takes connections to nowhere: nothing listens on the port that no program may have.
const awayUrl = 'http://127.0.0.1:9'

let folder = ''
let node: TestNode
let world: EnsWorld
let alice: Client
let bob: Client

// Bob runs the command line; Alice has a name, and so has Bob; Mallory says that she is Alice.
beforeAll(async () => {
  if (noAnvil !== undefined) return
  folder = await mkdtemp(join(tmpdir(), 'posthorn-names-'))
  const crypto = await loadCrypto()
  ;[node, world] = await Promise.all([startTestNode(), startEnsWorld()])
  const key = generatePrivateKey(crypto)
  const makeClient = (privateKey: Uint8Array) => createClient(privateKey, { url: node.url, crypto })
  ;[alice, bob] = await Promise.all([makeClient(generatePrivateKey(crypto)), makeClient(key)])
  await writeKeyFile(keyPathIn(folder), {
    address: bob.address,
    secret: { kind: 'private-key', bytes: key },
  })
  await world.give('alice.eth', { address: alice.address as Hex })
  await world.claim(alice.address as Hex, 'alice.eth')
  await world.claim(stranger, 'alice.eth')
  await world.give('empty.eth', { texts: { description: 'No address' } })
}, startTimeoutMs)

afterAll(async () => {
  await Promise.all([alice?.close(), bob?.close()])
  await node?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
  if (folder !== '') await rm(folder, { recursive: true })
})

function envWith(ethereumUrl: string | undefined): Readonly<Record<string, string | undefined>> {
  return { POSTHORN_HOME: folder, POSTHORN_URL: node.url, POSTHORN_ETHEREUM_URL: ethereumUrl }
}

function cli(args: readonly string[], ethereumUrl = world.chain.url): Promise<Finished> {
  return posthorn(args, { env: envWith(ethereumUrl) })
}

describe.skipIf(noAnvil !== undefined)('names', () => {
  test('default: leads from a name to an address and back', async () => {
    const url = world.chain.url
    const forward = await posthorn(['names', 'resolve', 'Alice.eth', '--ethereum-url', url])
    expect(forward).toMatchObject({ exitCode: 0, stderr: '', stdout: `${alice.address}\n` })
    const back = await cli(['names', 'lookup', alice.address])
    expect(back).toMatchObject({ exitCode: 0, stderr: '', stdout: 'alice.eth\n' })
  })

  test('behavior: prints documents', async () => {
    const expected = { name: 'alice.eth', address: alice.address, source: 'ens' }
    const forward = await cli(['names', 'resolve', 'alice.eth', '--json'])
    expect(JSON.parse(forward.stdout)).toEqual(expected)
    const back = await cli(['names', 'lookup', alice.address, '--json'])
    expect(JSON.parse(back.stdout)).toEqual(expected)
  })

  test('behavior: gives no name that leads elsewhere', async () => {
    const { exitCode, stdout } = await cli(['names', 'lookup', stranger, '--json'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toEqual({ address: stranger, name: null })
    expect((await cli(['names', 'lookup', stranger])).stdout).toBe('')
  })

  test.each([
    ['a name that nobody has', 'nobody.eth', 'cli/unknown-name', 1],
    ['a name without an address', 'empty.eth', 'cli/unknown-name', 1],
    ['a name of mixed scripts', 'аlice.eth', 'names/confusable-name', 2],
    ['a name with a hole', 'a..eth', 'names/invalid-name', 2],
    ['no name', 'alice', 'names/unsupported-name', 2],
  ])('error: refuses %s', async (_, name, code, exitCode) => {
    const finished = await cli(['names', 'resolve', name, '--json'])
    expect(JSON.parse(finished.stderr).error).toMatchObject({ code, hint: expect.any(String) })
    expect(finished.exitCode).toBe(exitCode)
  })

  test.each([
    ['names', 'resolve', 'alice.eth'],
    ['names', 'lookup', stranger],
    ['can-message', 'alice.eth'],
    ['stream', 'alice.eth'],
  ])('error: %s %s %s says what to set when nobody is to be asked', async (...args) => {
    const { exitCode, stderr } = await cli(args, '')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('[cli/no-ethereum-url]')
    expect(stderr).toContain('POSTHORN_ETHEREUM_URL')
  })

  test.each([
    ['nothing there', awayUrl, 'names/unavailable', 1],
    ['no address of a server', 'ethereum.example', 'names/bad-rpc', 2],
  ])('error: tells of %s', async (_, url, code, exitCode) => {
    const finished = await cli(['names', 'resolve', 'alice.eth'], url)
    expect(finished.stderr).toContain(`[${code}]`)
    expect(finished.stderr).toContain('POSTHORN_ETHEREUM_URL')
    expect(finished.exitCode).toBe(exitCode)
  })
})

describe.skipIf(noAnvil !== undefined)('a name in place of an address', () => {
  test('default: is written to, and shown beside its address', async () => {
    const sent = await cli(['send', 'alice.eth', 'Hello'])
    expect(sent.stdout).toMatch(/^sent [0-9a-f]{64} {2}to alice\.eth \(0x[0-9a-fA-F]{40}\)\n$/)
    const conversation = await bob.conversationWith(alice.address)
    await (await alice.newConversation(bob.address)).send('Hi')
    expect((await conversation?.messages())?.length).toBe(2)

    const short = `${alice.address.slice(0, 6)}…${alice.address.slice(-6)}`
    const [read, list, can] = await Promise.all([
      cli(['messages', 'alice.eth']),
      cli(['conversations']),
      cli(['can-message', 'alice.eth', bob.address, alice.address]),
    ])
    expect(read.stdout).toContain(`  alice.eth (${short})  Hi\n`)
    expect(list.stdout).toContain(`${alice.address}  alice.eth\n`)
    const [aliceLine, bobLine] = [`yes  ${alice.address}  alice.eth\n`, `yes  ${bob.address}\n`]
    expect(can.stdout).toBe(aliceLine + bobLine + aliceLine)
  })

  test('behavior: is in the documents', async () => {
    const sent = await cli(['send', 'alice.eth', 'Document', '--json'])
    expect(JSON.parse(sent.stdout)).toMatchObject({ peerName: 'alice.eth', content: 'Document' })
    const [read, list] = await Promise.all([
      cli(['messages', alice.address, '--limit', '1', '--json']),
      cli(['conversations', '--json']),
    ])
    expect(JSON.parse(read.stdout)).toMatchObject([{ peerName: 'alice.eth', content: 'Document' }])
    expect(JSON.parse(list.stdout)).toMatchObject([{ peerName: 'alice.eth' }])
  })

  test('behavior: picks the messages of a stream', async () => {
    const opened = node.nextStream()
    await using stream = start(['stream', 'alice.eth', '--limit', '1'], {
      env: envWith(world.chain.url),
    })
    await Promise.race([opened, stream.finished])
    await (await alice.newConversation(bob.address)).send('Live')
    expect(await stream.nextLine()).toMatch(/ alice\.eth \(0x.{4}….{6}\) {2}Live$/)
  })

  test('behavior: messages are read when whoever knows names is away', async () => {
    await (await alice.newConversation(bob.address)).send('Without a name')
    const read = await cli(['messages', alice.address, '--json'], awayUrl)
    expect(read).toMatchObject({ exitCode: 0, stderr: '' })
    expect(read.stdout).toContain('Without a name')
    expect(read.stdout).not.toContain('alice.eth')
  })
})
