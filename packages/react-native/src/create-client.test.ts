// The client as applications of React Native make it, against a real node.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig, type RunningNode, startNode } from '@posthorn/node'
import { eventually } from '@posthorn/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from './create-client.ts'
import type { AppStatePort } from './foreground-fetch.ts'
import type { Client } from './index.ts'
import { TestRequest } from './test-request.ts'
import { createXhrFetch } from './xhr-fetch.ts'

let folder: string
let node: RunningNode

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-react-native-'))
  const flags = { 'api-port': '0', data: folder, 'grace-ms': '100' }
  node = await startNode(parseConfig({ flags }))
  vi.stubGlobal('XMLHttpRequest', TestRequest)
})

afterEach(async () => {
  vi.unstubAllGlobals()
  await node.kill()
  await rm(folder, { recursive: true, force: true })
})

const newWallet = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32))
const url = (): string => node.apiUrls[0] ?? ''

/** React Native's AppState, moved by hand. */
function testAppState(): AppStatePort & { move(state: string): void; listenerCount(): number } {
  const listeners = new Set<(state: string) => void>()
  let currentState = 'active'
  return {
    get currentState() {
      return currentState
    },
    addEventListener: (_, listener) => {
      listeners.add(listener)
      return { remove: () => void listeners.delete(listener) }
    },
    move: (state) => {
      currentState = state
      for (const listener of [...listeners]) listener(state)
    },
    listenerCount: () => listeners.size,
  }
}

function collect(stream: AsyncIterable<{ readonly content?: unknown }>): unknown[] {
  const contents: unknown[] = []
  void (async () => {
    for await (const { content } of stream) contents.push(content)
  })()
  return contents
}

async function say(from: Client, to: Client, text: string): Promise<void> {
  const chat = await from.newConversation(to.address)
  await chat.send(text)
}

describe('create client', () => {
  it('default: sends and streams over XMLHttpRequest', async () => {
    vi.stubGlobal('fetch', undefined)
    await using alice = await createClient(newWallet(), { url: url() })
    await using bob = await createClient(newWallet(), { url: url() })
    const received = collect(await bob.streamAllMessages())
    await say(alice, bob, 'gm ☀️')
    await say(alice, bob, 'x'.repeat(100_000))
    await eventually(() => expect(received).toEqual(['gm ☀️', 'x'.repeat(100_000)]))
  })

  it('uses the fetch and the randomness that it is given', async () => {
    vi.stubGlobal('XMLHttpRequest', undefined)
    let draws = 0
    const getRandomValues = (bytes: Uint8Array<ArrayBuffer>): void => {
      draws++
      crypto.getRandomValues(bytes)
    }
    const paths: string[] = []
    const counting: typeof fetch = (input, init) => {
      paths.push(String(input).replace(/^.*\//, ''))
      return fetch(input, init)
    }
    await using alice = await createClient(newWallet(), {
      url: url(),
      fetch: counting,
      getRandomValues,
    })
    expect(alice.promptCount).toBe(2)
    expect(paths).toContain('publish')
    expect(draws).toBeGreaterThan(3)
  })
})

describe('fetch over XMLHttpRequest', () => {
  const newRequest = (): XMLHttpRequest => new XMLHttpRequest()

  it('fails for a node that is not there, and for a caller who has given up', async () => {
    const send = createXhrFetch(newRequest)
    const unavailable = { code: 'transport/unavailable' }
    await expect(send('http://127.0.0.1:1/x')).rejects.toMatchObject(unavailable)
    const signal = AbortSignal.abort()
    await expect(send(url(), { signal })).rejects.toMatchObject(unavailable)
  })

  it('loses and repeats nothing when the text of a stream outgrows its bound', async () => {
    const send = createXhrFetch(newRequest, { maxTextChars: 30_000 })
    await using alice = await createClient(newWallet(), { url: url() })
    await using bob = await createClient(newWallet(), { url: url(), fetch: send })
    const states: string[] = []
    const stream = await bob.streamAllMessages({ onStateChange: ({ kind }) => states.push(kind) })
    const received = collect(stream)
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(20_000))
    for (const text of texts) await say(alice, bob, text)
    await eventually(() => expect(received).toEqual(texts))
    expect(states).toContain('reconnecting')
  })
})

describe('app state', () => {
  it('rests streams in the background, and brings what was missed on return', async () => {
    const appState = testAppState()
    await using alice = await createClient(newWallet(), { url: url() })
    await using bob = await createClient(newWallet(), { url: url(), appState })
    const states: string[] = []
    const stream = await bob.streamAllMessages({ onStateChange: ({ kind }) => states.push(kind) })
    const received = collect(stream)
    await say(alice, bob, 'one')
    await eventually(() => expect(received).toEqual(['one']))
    appState.move('inactive')
    appState.move('background')
    await eventually(() => expect(states.at(-1)).toBe('reconnecting'))
    await say(alice, bob, 'two')
    expect(received).toEqual(['one'])
    appState.move('active')
    await eventually(() => expect(received).toEqual(['one', 'two']))
    await say(alice, bob, 'three')
    await eventually(() => expect(received).toEqual(['one', 'two', 'three']))
    expect(states).toEqual(['live', 'reconnecting', 'live'])
  })

  it('lets other calls pass in the background', async () => {
    const appState = testAppState()
    appState.move('background')
    await using alice = await createClient(newWallet(), { url: url(), appState })
    expect(await alice.canMessage(alice.address)).toBe(true)
  })

  it('keeps no listener behind when streams and clients end', async () => {
    const appState = testAppState()
    const alice = await createClient(newWallet(), { url: url(), appState })
    const stream = await alice.streamAllMessages()
    expect(appState.listenerCount()).toBeGreaterThan(0)
    appState.move('background')
    await stream.return?.()
    await eventually(() => expect(appState.listenerCount()).toBe(0))
    await alice.close()
  })
})
