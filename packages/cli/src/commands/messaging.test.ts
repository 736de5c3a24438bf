import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@posthorn/client'
import { type Crypto, generatePrivateKey, loadCrypto } from '@posthorn/crypto'
import { addressOf } from '@posthorn/identity'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeKeyFile } from '../key-file.ts'
import { keyPathIn } from '../key-path.ts'
import {
  type Finished,
  type ProcessOptions,
  posthorn,
  type Running,
  start,
} from '../testing/posthorn-process.ts'
import { startTestNode, type TestNode } from '../testing/test-node.ts'

// A world of its own for each test would cost a second each: the tests share a node, not its accounts.
let folder = ''
let node: TestNode
let crypto: Crypto
let count = 0
const clients: Client[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-messaging-'))
  node = await startTestNode()
  crypto = await loadCrypto()
})

afterAll(async () => {
  for (const client of clients) await client.close()
  await node[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

type Person = {
  readonly address: string
  readonly cli: (args: readonly string[], options?: ProcessOptions) => Promise<Finished>
  /** Resolves once the stream is open. */
  readonly openStream: (args: readonly string[]) => Promise<Running>
}

type Member = Person & { readonly client: Client }

type Account = { readonly privateKey: Uint8Array; readonly person: Person }

async function makeAccount(): Promise<Account> {
  count += 1
  const home = join(folder, `person-${count}`)
  const privateKey = generatePrivateKey(crypto)
  const address = addressOf(crypto, crypto.curve.publicKey(privateKey))
  await writeKeyFile(keyPathIn(home), {
    address,
    secret: { kind: 'private-key', bytes: privateKey },
  })
  const env = { POSTHORN_HOME: home, POSTHORN_URL: node.url }
  const person: Person = {
    address,
    cli: (args, options) => posthorn(args, { ...options, env: { ...env, ...options?.env } }),
    openStream: async (args) => {
      const opened = node.nextStream()
      const running = start(['stream', ...args], { env })
      await Promise.race([opened, running.finished])
      return running
    },
  }
  return { privateKey, person }
}

// Using the network once is what makes an account reachable.
async function makeMember(): Promise<Member> {
  const { privateKey, person } = await makeAccount()
  const client = await createClient(privateKey, { url: node.url, crypto })
  clients.push(client)
  return { ...person, client }
}

async function write(from: Member, to: Person, ...texts: readonly string[]): Promise<void> {
  const conversation = await from.client.newConversation(to.address)
  for (const text of texts) await conversation.send(text)
}

const nobody = '0x000000000000000000000000000000000000dEaD'

describe.concurrent('can-message', () => {
  test('default: answers yes for all that have used the network, without a key', async () => {
    const { address } = await makeMember()
    const { exitCode, stdout, stderr } = await posthorn(
      ['can-message', address, address.toLowerCase(), '--url', node.url],
      { env: { POSTHORN_HOME: join(folder, 'nobody') } },
    )
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toBe(`yes  ${address}\nyes  ${address.toLowerCase()}\n`)
  })

  test('behavior: answers no by its exit code too', async () => {
    const { address, cli } = await makeMember()
    const { exitCode, stdout } = await cli(['can-message', nobody, address, '--json'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toEqual([
      { address: nobody, canMessage: false },
      { address, canMessage: true },
    ])
  })

  test('error: tells a mistyped address by its checksum', async () => {
    const { exitCode, stderr } = await posthorn([
      'can-message',
      nobody.replace('dEaD', 'DeAd'),
      '--url',
      node.url,
      '--json',
    ])
    expect(exitCode).toBe(2)
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'identity/bad-address-checksum',
      hint: expect.stringContaining('mistyped'),
    })
  })
})

describe.concurrent('send, conversations and messages', () => {
  test('default: what one sends, the other reads', async () => {
    const [alice, bob] = [await makeMember(), await makeMember()]
    const sent = await alice.cli(['send', bob.address, 'Hello Bob'])
    expect(sent).toMatchObject({ exitCode: 0, stderr: '' })
    expect(sent.stdout).toMatch(/^sent [0-9a-f]{64}\n$/)

    const read = await bob.cli(['messages', alice.address])
    expect(read).toMatchObject({ exitCode: 0, stderr: '' })
    const short = `${alice.address.slice(0, 6)}…${alice.address.slice(-6)}`
    expect(read.stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/)
    expect(read.stdout).toContain(`  ${short}  Hello Bob\n`)
    expect((await alice.cli(['messages', bob.address])).stdout).toMatch(/ {2}you +Hello Bob\n$/)
    expect((await bob.cli(['conversations'])).stdout).toContain(alice.address)
  })

  test('behavior: prints documents that fit together', async () => {
    const [alice, bob] = [await makeMember(), await makeMember()]
    const args = ['send', bob.address, '--conversation-id', 'example.org/1', '--json']
    const sent = JSON.parse((await alice.cli([...args, '-'], { input: 'from a pipe\n' })).stdout)
    expect(sent).toMatchObject({
      kind: 'message',
      senderAddress: alice.address,
      peerAddress: bob.address,
      conversationId: 'example.org/1',
      contentType: 'xmtp.org/text:1.0',
      content: 'from a pipe',
    })
    const [conversation] = JSON.parse((await bob.cli(['conversations', '--json'])).stdout)
    expect(conversation).toMatchObject({
      topic: sent.topic,
      peerAddress: alice.address,
      conversationId: 'example.org/1',
      version: 'v2',
    })
    const [message] = JSON.parse((await bob.cli(['messages', sent.topic, '--json'])).stdout)
    expect(message).toEqual({ ...sent, peerAddress: alice.address })
  })

  test('behavior: messages picks by number, time and conversation, in either order', async () => {
    const [alice, bob] = [await makeMember(), await makeMember()]
    const timestamp = new Date(Date.now() - 2 * 3_600_000)
    await (await alice.client.newConversation(bob.address)).send('long ago', { timestamp })
    await write(alice, bob, 'one', 'two', 'three')
    const conversationId = 'example.org/2'
    await (await alice.client.newConversation(bob.address, { conversationId })).send('aside')
    const texts = async (...args: readonly string[]): Promise<readonly string[]> => {
      const { stdout } = await bob.cli(['messages', alice.address, '--json', ...args])
      return JSON.parse(stdout).map(({ content }: { content: string }) => content)
    }
    const [all, newest, backwards, without, since, until] = await Promise.all([
      texts(),
      texts('--limit', '2'),
      texts('--limit', '2', '--direction', 'descending'),
      texts('--conversation-id', ''),
      texts('--since', '1h'),
      texts('--until', '1h'),
    ])
    expect(all).toEqual(['long ago', 'one', 'two', 'three', 'aside'])
    expect(newest).toEqual(['three', 'aside'])
    expect(backwards).toEqual(['aside', 'three'])
    expect(without).toEqual(['long ago', 'one', 'two', 'three'])
    expect(since).toEqual(all.slice(1))
    expect(until).toEqual(['long ago'])
  })

  test('behavior: what a stranger writes cannot drive the terminal', async () => {
    const [alice, bob] = [await makeMember(), await makeMember()]
    await write(alice, bob, '\u001b[2Jboo\nsecond line')
    const { stdout } = await bob.cli(['messages', alice.address])
    expect(stdout).toContain('␛[2Jboo\n  ')
    expect(stdout).not.toContain('\u001b')
  })

  test('behavior: opens an encrypted key with POSTHORN_PASSPHRASE, and with nothing else', async () => {
    const env = { POSTHORN_HOME: join(folder, 'sealed'), POSTHORN_URL: node.url }
    const withPassphrase = { ...env, POSTHORN_PASSPHRASE: 'correct horse' }
    const { privateKey, person } = await makeAccount()
    const secret = { kind: 'private-key', bytes: privateKey } as const
    const sealed = { address: person.address, secret, passphrase: 'correct horse' }
    await writeKeyFile(keyPathIn(env.POSTHORN_HOME), sealed)
    const [open, none, wrong] = await Promise.all([
      posthorn(['conversations', '--json'], { env: withPassphrase }),
      posthorn(['conversations'], { env }),
      posthorn(['conversations'], { env: { ...env, POSTHORN_PASSPHRASE: 'wrong' } }),
    ])
    expect(open).toMatchObject({ exitCode: 0, stdout: '[]\n' })
    expect(none.stderr).toContain('[cli/passphrase-needed]')
    expect(wrong.stderr).toContain('[cli/wrong-passphrase]')
  })

  test('error: says that a peer has not joined', async () => {
    const alice = await makeMember()
    const { exitCode, stdout, stderr } = await alice.cli(['send', nobody, 'hello'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('[contact/not-registered]')
    expect(stderr).toContain(`is ${node.url} the network they use?`)
  })

  test.each([
    ['to itself', (own: Person) => ['send', own.address, 'x'], 'conversation/self', 2],
    ['nothing', () => ['send', nobody], 'cli/no-text', 2],
    ['to no address', () => ['send', 'vitalik', 'x'], 'identity/bad-address', 2],
    ['a name, with nobody to ask', () => ['send', 'vitalik.eth', 'x'], 'cli/no-ethereum-url', 2],
    ['messages of nobody', () => ['messages', nobody], 'cli/unknown-conversation', 1],
    ['a bad count', () => ['messages', nobody, '--limit', '0'], 'cli/bad-count', 2],
    ['a bad time', () => ['messages', nobody, '--since', 'soon'], 'cli/bad-time', 2],
    ['a bad order', () => ['messages', nobody, '--direction', 'up'], 'cli/usage', 2],
  ])('error: refuses %s', async (_, args, code, exitCode) => {
    const { person: own } = await makeAccount()
    const finished = await own.cli([...args(own), '--json'])
    expect(JSON.parse(finished.stderr)).toMatchObject({ error: { code } })
    expect(finished.exitCode).toBe(exitCode)
  })

  test('error: says how to start a node when none answers', async () => {
    const { person: own } = await makeAccount()
    const { exitCode, stderr } = await own.cli(['send', nobody, 'x', '--url', 'http://127.0.0.1:9'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('[transport/unavailable]')
    expect(stderr).toContain('start one with: posthorn up')
  })
})

describe('init with a node at hand', () => {
  test('makes an account that others can write to at once, unless it is told to stay offline', async () => {
    const { person } = await makeAccount()
    const init = async (name: string, ...flags: string[]) => {
      const home = join(folder, name)
      const made = await person.cli(['init', '--json', ...flags], { env: { POSTHORN_HOME: home } })
      return JSON.parse(made.stdout) as { address: string; hasJoined: boolean }
    }
    const [joined, offline] = [await init('joined'), await init('offline', '--offline')]
    expect([joined.hasJoined, offline.hasJoined]).toEqual([true, false])
    expect(await person.cli(['can-message', joined.address])).toMatchObject({ exitCode: 0 })
    expect(await person.cli(['can-message', offline.address])).toMatchObject({ exitCode: 1 })
  })
})

describe('stream', () => {
  test('default: prints messages of all conversations until Ctrl-C', async () => {
    const [alice, bob] = [await makeMember(), await makeMember()]
    await using stream = await bob.openStream(['--json'])
    await write(alice, bob, 'first')
    expect(JSON.parse(await stream.nextLine())).toMatchObject({
      kind: 'message',
      senderAddress: alice.address,
      content: 'first',
    })
    stream.process.kill('SIGINT')
    expect(await stream.finished).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('behavior: keeps to one address, and ends after --limit messages', async () => {
    const [alice, bob] = [await makeMember(), await makeMember()]
    const carol = await makeMember()
    await using stream = await bob.openStream([alice.address, '--limit', '2'])
    await write(carol, bob, 'not for this stream')
    await write(alice, bob, 'one', 'two')
    const { exitCode, stdout } = await stream.finished
    expect(exitCode).toBe(0)
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/ {2}one$/),
      expect.stringMatching(/ {2}two$/),
    ])
  })

  test('behavior: a reader that closes the pipe ends it quietly', async () => {
    const [alice, bob] = [await makeMember(), await makeMember()]
    await using stream = await bob.openStream([])
    stream.process.stdout.destroy()
    await write(alice, bob, 'into the void')
    expect(await stream.finished).toMatchObject({ exitCode: 0, stderr: '' })
  })
})
