// A Chromium that is there already, in CHROME or in the PATH: a page, a Web Worker, and the client of React Native
// on a page, for the sake of a real XMLHttpRequest.

import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { anywhereSource, bundle } from '../bundle.ts'
import type { Outcome, Platform } from '../platform.ts'
import type { Report } from '../programs/report.ts'
import type { World } from '../world.ts'

const backends = ['web', 'noble']
declare const report: Promise<Report>

/** A page. */
export const page: Platform = {
  name: 'page',
  run: (world) =>
    inChromium(async () => {
      const options = { vectors: world.vectors, backends, node: await world.node() }
      const tell = 'globalThis.report = report'
      return { '/page.js': await bundle(anywhereSource(options, tell, 'browser'), 'web-module') }
    }),
}

/** A dedicated Web Worker. */
export const webWorker: Platform = {
  name: 'web-worker',
  run: (world) =>
    inChromium(async () => {
      const options = { vectors: world.vectors, backends, node: await world.node() }
      const tell = 'report.then((done) => postMessage(done), (error) => postMessage(String(error)))'
      return {
        '/worker.js': await bundle(anywhereSource(options, tell, 'browser'), 'web-module'),
        '/page.js': `
          globalThis.report = new Promise((resolve, reject) => {
            const worker = new Worker('/worker.js', { type: 'module' })
            worker.onmessage = ({ data }) => (typeof data === 'string' ? reject(data) : resolve(data))
            worker.onerror = ({ message }) => reject(message)
          })`,
      }
    }),
}

/** The client of React Native over the page's XMLHttpRequest. */
export const reactNativeOnPage: Platform = {
  name: 'react-native-on-page',
  run: (world) =>
    inChromium(async () => ({ '/page.js': await bundle(await pageSource(world), 'react-native') })),
}

async function pageSource(world: World): Promise<string> {
  return `
    import { runReactNative } from './programs/react-native.ts'
    globalThis.report = runReactNative({
      vectors: [],
      node: ${JSON.stringify(await world.node())},
      getRandomValues: (bytes) => crypto.getRandomValues(bytes),
    })
  `
}

type Files = Readonly<Record<string, string>>

async function inChromium(prepare: () => Promise<Files>): Promise<Outcome> {
  const executablePath = findChromium()
  if (executablePath === undefined) {
    return { kind: 'skipped', reason: 'no Chromium in CHROME or in the PATH' }
  }
  const files = await prepare()
  const server = createServer(({ url = '/' }, response) => {
    const script = files[url]
    response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript')
    response.end(script ?? '<!doctype html><script type="module" src="/page.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    return { kind: 'ran', version: browser.version(), report: await reportOf(browser, origin) }
  } finally {
    await browser.close()
    server.close()
  }
}

async function reportOf(browser: Browser, origin: string): Promise<Report> {
  const tab = await browser.newPage()
  const trouble: string[] = []
  tab.on('pageerror', (error) => trouble.push(String(error)))
  await tab.goto(origin)
  await tab
    .waitForFunction(() => 'report' in globalThis)
    .catch(() => {
      throw new TypeError(`the page did not start: ${trouble.join('; ')}`)
    })
  return tab.evaluate(() => report)
}

function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const inPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
  return [process.env['CHROME'] ?? '', ...inPath].find((path) => path !== '' && existsSync(path))
}
