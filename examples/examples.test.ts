// The examples as users run them, each in a process or a page of its own, against a real node.

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Client, createClient, signerFrom } from '@posthorn/client'
import { loadCrypto } from '@posthorn/crypto'
import { parseConfig, type RunningNode, startNode } from '@posthorn/node'
import { eventually, type TemporaryDirectory, temporaryDirectory } from '@posthorn/testing'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const executablePath = findChromium()
if (executablePath === undefined) {
  process.stdout.write('skipped: no Chromium in CHROME or in the PATH\n')
}

let folder: TemporaryDirectory
let node: RunningNode
const children: ChildProcess[] = []

beforeAll(async () => {
  folder = await temporaryDirectory()
  node = await startNode(parseConfig({ flags: { 'api-port': '0', data: folder.path } }))
})

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await node.kill()
  await folder[Symbol.asyncDispose]()
})

const url = (): string => node.apiUrls[0] ?? ''
const newKey = (): Uint8Array => new Uint8Array(randomBytes(32))
const connect = (privateKey = newKey()): Promise<Client> => createClient(privateKey, { url: url() })

function start(file: string, privateKey: Uint8Array, ...args: readonly string[]): ChildProcess {
  const env = {
    ...process.env,
    NODE_URL: url(),
    PRIVATE_KEY: `0x${Buffer.from(privateKey).toString('hex')}`,
    JOURNAL: join(folder.path, 'journal'),
  }
  const program = join(import.meta.dirname, file)
  const child = spawn(process.execPath, [program, ...args], { env, stdio: 'pipe' })
  child.stderr?.pipe(process.stderr)
  children.push(child)
  return child
}

async function printed(child: ChildProcess, input: string): Promise<string[]> {
  child.stdin?.end(input)
  return child.stdout === null ? [] : (await text(child.stdout)).trim().split('\n')
}

async function contents(client: Client): Promise<unknown[]> {
  const chats = await client.conversations()
  const messages = await Promise.all(chats.map((chat) => chat.messages()))
  return messages.flat().map(({ content }) => content)
}

/** Lines of a source that are neither empty nor comments. */
function codeLines(file: string): number {
  const source = readFileSync(join(import.meta.dirname, file), 'utf8')
  return source.split('\n').filter((line) => line !== '' && !line.startsWith('//')).length
}

describe('bot.ts', () => {
  test('has at most ten lines of code', () => expect(codeLines('bot.ts')).toBeLessThanOrEqual(10))

  test('answers whoever writes to it', async () => {
    const bot = start('bot.ts', newKey())
    const [line] = bot.stdout === null ? [] : await once(bot.stdout, 'data')
    await using alice = await connect()
    const messages = await alice.streamAllMessages()
    const chat = await alice.newConversation(String(line).split(' ')[0] ?? '')
    await chat.send('gm')
    const heard = [await messages.next(), await messages.next()].map(({ value }) => value?.content)
    expect(heard).toEqual(['gm', 'You said: gm'])
  })
})

describe('announce.ts', () => {
  test('writes to each once, also when it is run again', async () => {
    await using alice = await connect()
    await using bob = await connect()
    const stranger = '0x0000000000000000000000000000000000000001'
    const input = [alice.address, bob.address, stranger].join('\n')
    const wanted = [`${alice.address} sent`, `${bob.address} sent`, `${stranger} not-registered`]
    const creator = newKey()
    for (const _ of ['first', 'again', 'and again']) {
      const lines = await printed(start('announce.ts', creator, 'Doors open'), input)
      expect(lines.toSorted()).toEqual(wanted.toSorted())
      await appendFile(join(folder.path, 'journal'), 'a line that a crash cut o')
    }
    expect([await contents(alice), await contents(bob)]).toEqual([['Doors open'], ['Doors open']])
  })
})

describe('chat-page', () => {
  test('has at most thirty lines of code', () => {
    expect(codeLines('chat-page/page.ts')).toBeLessThanOrEqual(30)
  })
})

describe.skipIf(executablePath === undefined)('chat-page in Chromium', () => {
  let browser: Browser
  let origin: string
  let script = ''
  const html = readFileSync(join(import.meta.dirname, 'chat-page/index.html'), 'utf8')
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : html)
  })

  beforeAll(async () => {
    const entryPoints = [join(import.meta.dirname, 'chat-page/page.ts')]
    const options = { bundle: true, format: 'esm', minify: true, write: false } as const
    const { outputFiles } = await build({ ...options, entryPoints, logLevel: 'error' })
    script = outputFiles[0]?.text ?? ''
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox'],
    })
  })

  afterAll(async () => {
    await browser.close()
    server.close()
  })

  /** The page with a wallet, as browsers have them. */
  async function openPage(privateKey: Uint8Array): Promise<Page> {
    const signer = await signerFrom(await loadCrypto(), privateKey)
    const page = await browser.newPage()
    await page.exposeFunction('askWallet', async ({ method, params }: WalletRequest) => {
      if (method === 'eth_requestAccounts') return [signer.address]
      const message = Buffer.from(params?.[0]?.slice(2) ?? '', 'hex').toString()
      return `0x${Buffer.from(await signer.signText(message)).toString('hex')}`
    })
    await page.addInitScript('globalThis.ethereum = { request: (input) => askWallet(input) }')
    return load(page)
  }

  async function load(page: Page): Promise<Page> {
    await page.goto(`${origin}/?node=${encodeURIComponent(url())}`)
    await page.locator('form').waitFor()
    return page
  }

  async function write(page: Page, to: string, message: string): Promise<void> {
    await page.locator('[name=to]').fill(to)
    await page.locator('[name=text]').fill(message)
    await page.getByRole('button').click()
  }

  const expectListed = (page: Page, ...wanted: readonly string[]): Promise<void> =>
    eventually(async () => expect(await page.locator('li').allTextContents()).toEqual(wanted), {
      timeoutMs: 10_000,
    })

  test('brings what the other one writes, and has it again after a reload', async () => {
    const key = newKey()
    await using bob = await connect()
    const page = await openPage(key)
    const { address } = await signerFrom(await loadCrypto(), key)
    expect(await page.locator('body').textContent()).toContain(`You are ${address}`)

    await write(page, bob.address, 'gm')
    await expectListed(page, `${address}: gm`)
    const [chat] = await bob.conversations()
    await chat?.send('<b>hello</b>')
    await expectListed(page, `${address}: gm`, `${bob.address}: <b>hello</b>`)
    await load(page)
    await expectListed(page, `${address}: gm`, `${bob.address}: <b>hello</b>`)
    await page.close()
  })

  test('works without a wallet, and says when somebody cannot be written to', async () => {
    const page = await load(await browser.newPage())
    const said = page.waitForEvent('dialog')
    void write(page, '0x0000000000000000000000000000000000000001', 'gm')
    const dialog = await said
    expect(dialog.message()).toContain('has not joined')
    await dialog.dismiss()
    await page.close()
  })
})

type WalletRequest = { readonly method: string; readonly params?: readonly string[] }

function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const inPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((each) => names.map((name) => join(each, name)))
  return [process.env['CHROME'] ?? '', ...inPath].find((path) => path !== '' && existsSync(path))
}
