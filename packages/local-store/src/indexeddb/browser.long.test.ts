// The store in a real browser: the contract on its IndexedDB, two tabs, and a browser that is killed. It takes a
// Chromium, in CHROME or in the PATH, and is skipped without one.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { loadCrypto } from '@posthorn/crypto'
import { eventually } from '@posthorn/testing'
import { build } from 'esbuild'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cell, CellEngine } from '../cells/cell-engine.ts'
import { conversation, message, storeKey } from '../contract/fixtures.ts'
import { testLocalStore } from '../contract.ts'
import { createLocalStore } from '../create-local-store.ts'
import type { LocalStore } from '../local-store.ts'
import type { Leadership } from './leadership.ts'

const executablePath = findChromium()
if (executablePath === undefined) {
  process.stdout.write('skipped: no Chromium in CHROME or in the PATH\n')
}

/** What a page has in its global scope. */
type PageScope = {
  readonly library: {
    openIndexedDbEngine(name: string): Promise<CellEngine>
    openStore(address: string): Promise<LocalStore>
    standForLeader(options: { readonly name: string }): Leadership
    conversation: typeof conversation
    message: typeof message
  }
  engines: Map<string, CellEngine>
  store: LocalStore
  leadership: Leadership
  told: unknown[]
}
declare const posthorn: PageScope

const pageSource = `
  import { loadCrypto } from '@posthorn/crypto'
  import { openIndexedDbEngine } from './indexeddb/indexeddb-engine.ts'
  import { openIndexedDbStore, standForLeader } from './indexeddb.ts'
  import { conversation, message, storeKey } from './contract/fixtures.ts'
  const openStore = async (address) =>
    openIndexedDbStore({ crypto: await loadCrypto(), key: storeKey, network: 'test', address })
  const library = { openIndexedDbEngine, openStore, standForLeader, conversation, message }
  globalThis.posthorn = { library, engines: new Map(), told: [] }
  globalThis.engineOf = (id) => posthorn.engines.get(id)
`

describe.skipIf(executablePath === undefined)('in Chromium', () => {
  let browser: RunningBrowser
  let profile: string
  let origin: string
  let script = ''
  const server = createServer(({ url }, response) => {
    const isScript = url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(
      isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>',
    )
  })

  async function openTab(): Promise<Page> {
    const page = await browser.context.newPage()
    await page.goto(origin)
    await page.waitForFunction(() => 'posthorn' in globalThis)
    return page
  }

  beforeAll(async () => {
    script = await bundle()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    profile = await mkdtemp(join(tmpdir(), 'posthorn-browser-'))
    browser = await launch(executablePath ?? '', profile)
    contractPage = await openTab()
  })
  afterAll(async () => {
    browser.process.kill('SIGKILL')
    await once(browser.process, 'exit')
    server.close()
    await rm(profile, { recursive: true, force: true })
  })

  let contractPage: Page
  let databases = 0
  testLocalStore("store on a browser's IndexedDB", async () => {
    const crypto = await loadCrypto()
    const name = `contract ${++databases}`
    const persistence = { kind: 'durable' } as const
    return {
      open: async (key = storeKey) => {
        const engine = await openRemoteEngine(contractPage, name)
        return createLocalStore({ engine, crypto, key, persistence })
      },
      engine: () => openRemoteEngine(contractPage, name),
      [Symbol.asyncDispose]: async () => undefined,
    }
  })

  test('default: one tab leads, the other is told of changes and takes over', async () => {
    const [one, two] = [await openTab(), await openTab()]
    const address = '0x1'
    for (const tab of [one, two]) {
      await tab.evaluate(async (of) => {
        posthorn.store = await posthorn.library.openStore(of)
        posthorn.leadership = posthorn.library.standForLeader({ name: of })
        const changes = posthorn.store.changes()
        void (async () => {
          for await (const batch of changes) posthorn.told.push(...batch)
        })()
      }, address)
      await tab
        .evaluate(() => posthorn.store.persistence)
        .then((persistence) => expect(persistence).toEqual({ kind: 'durable' }))
    }
    const isLeader = (tab: Page) => tab.evaluate(() => posthorn.leadership.isLeader())
    await eventually(async () => expect(await isLeader(one)).toBe(true))
    expect(await isLeader(two)).toBe(false)

    await one.evaluate(async () => {
      const { conversation, message } = posthorn.library
      await posthorn.store.put({ conversations: [conversation(1)], messages: [message(1)] })
    })
    const { topic } = conversation(1)
    await eventually(async () =>
      expect(await two.evaluate(() => posthorn.told)).toContainEqual({
        kind: 'message',
        topic,
        id: 'message 1',
      }),
    )
    await one.close()
    await eventually(async () => expect(await isLeader(two)).toBe(true))
    const found = await two.evaluate(async () => {
      const { text } = (await posthorn.store.message('message 1')) ?? {}
      return text
    })
    expect(found).toBe(message(1).text)
    await two.close()
  })

  test('default: what was put is there after the browser was killed', async () => {
    const address = '0x2'
    const tab = await openTab()
    await tab.evaluate(async (of) => {
      const { conversation, message, openStore } = posthorn.library
      const store = await openStore(of)
      const messages = Array.from({ length: 300 }, (_, n) => message(n))
      await store.put({ conversations: [conversation(1)], messages })
    }, address)
    browser.process.kill('SIGKILL')
    await once(browser.process, 'exit')
    browser = await launch(executablePath ?? '', profile)
    const again = await openTab()
    const unread = await again.evaluate(async (of) => {
      const store = await posthorn.library.openStore(of)
      const { topic } = posthorn.library.conversation(1)
      return (await store.conversation(topic))?.unreadCount
    }, address)
    expect(unread).toBe(300)
  })

  test('figures: the first screen of a warm inbox', async () => {
    const tab = await openTab()
    const figures = await tab.evaluate(async () => {
      const { conversation, message, openStore } = posthorn.library
      const numbers = Array.from({ length: 100 }, (_, n) => n)
      const filling = await openStore('0x3')
      const startedMs = performance.now()
      for (let of = 0; of < 200; of++) {
        const { topic } = conversation(of)
        const text = (n: number) => `the quick brown fox number ${n} jumps over dog ${of}`
        const messages = numbers.map((n) =>
          message(of * 100 + n, { topic, sentNs: BigInt(n * 1_000 + of), text: text(n) }),
        )
        await filling.put({ conversations: [conversation(of)], messages })
      }
      const filledMs = performance.now()
      await filling[Symbol.asyncDispose]()
      const openingMs = performance.now()
      const store = await openStore('0x3')
      const { items } = await store.conversations({ limit: 30 })
      const shownMs = performance.now()
      const hits = await store.search({ text: 'number 77', limit: 30 })
      const foundMs = performance.now()
      return {
        conversations: items.length,
        hits: hits.items.length,
        microsecondsPerMessage: Math.round((filledMs - startedMs) / 20),
        firstScreenMs: Math.round(shownMs - openingMs),
        searchMs: Math.round(foundMs - shownMs),
      }
    })
    process.stdout.write(`${JSON.stringify(figures)}\n`)
    expect(figures).toMatchObject({ conversations: 30, hits: 30 })
  })
})

type RunningBrowser = { readonly process: ChildProcess; readonly context: BrowserContext }

// Started by hand, since it has to be killed by its process id.
async function launch(path: string, profile: string): Promise<RunningBrowser> {
  const flags = ['--headless=new', '--no-sandbox', '--no-first-run', '--remote-debugging-port=0']
  const process = spawn(path, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  for await (const line of createInterface({ input: process.stderr })) {
    const endpoint = /^DevTools listening on (ws:.*)$/.exec(line)?.[1]
    if (endpoint === undefined) continue
    process.stderr.resume()
    const connected = await chromium.connectOverCDP(endpoint)
    const [context] = connected.contexts()
    if (context !== undefined) return { process, context }
  }
  throw new RangeError('the browser did not start')
}

function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const candidates = [
    process.env['CHROME'] ?? '',
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
  ]
  return candidates.find((path) => path !== '' && existsSync(path))
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: pageSource, resolveDir: join(import.meta.dirname, '..'), loader: 'ts' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['browser'],
    // The suite's fixtures bring no runner along; what does is never reached.
    external: ['vitest', 'node:*'],
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

type RemoteCell = { readonly key: string; readonly value: string }

/** An engine in the page: every call goes there and back, bytes as base64. */
async function openRemoteEngine(page: Page, name: string): Promise<CellEngine> {
  const id = await page.evaluate(async (database) => {
    const { library, engines } = posthorn
    const engineId = `${database} ${engines.size}`
    engines.set(engineId, await library.openIndexedDbEngine(database))
    return engineId
  }, name)
  const toBytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))
  return {
    revision: () => page.evaluate((of) => engineOf(of).revision(), id),
    get: async (keys) => {
      const values = await page.evaluate(
        async ([of, wanted]) => {
          const found = await engineOf(of).get(wanted)
          return found.map((value) => value && btoa(String.fromCharCode(...value)))
        },
        [id, keys] as const,
      )
      return values.map((value) => (typeof value === 'string' ? toBytes(value) : undefined))
    },
    scan: async (range) => {
      const cells = await page.evaluate(
        async ([of, wanted]) => {
          const found = await engineOf(of).scan(wanted)
          return found.map(({ key, value }) => ({
            key,
            value: btoa(String.fromCharCode(...value)),
          }))
        },
        [id, range] as const,
      )
      return cells.map(({ key, value }): Cell => ({ key, value: toBytes(value) }))
    },
    commit: ({ atRevision, puts, deletes }) => {
      const cells = puts.map(
        ({ key, value }): RemoteCell => ({ key, value: Buffer.from(value).toString('base64') }),
      )
      return page.evaluate(
        ([of, commit]) => {
          const bytes = (text: string) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0))
          const written = commit.puts.map(({ key, value }) => ({ key, value: bytes(value) }))
          return engineOf(of).commit({ ...commit, puts: written })
        },
        [id, { atRevision, puts: cells, deletes }] as const,
      )
    },
    wipe: () => page.evaluate((of) => engineOf(of).wipe(), id),
    [Symbol.asyncDispose]: async () => {
      await page.evaluate(async (of) => engineOf(of)[Symbol.asyncDispose](), id)
    },
  }
}

/** Lives in the page as well. */
declare function engineOf(id: string): CellEngine
