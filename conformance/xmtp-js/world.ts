// One real node, and clients of both kinds on it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Client, createClient } from '../../packages/client/src/index.ts'
import {
  countingSigner,
  newAccount,
  type SdkClient,
  type SdkClientOptions,
  sdk,
  type ViemAccount,
} from './sdk.ts'

export type World = AsyncDisposable & {
  readonly url: string
  /** A client of the published SDK, of a new account unless one is given. */
  sdkClient(account?: ViemAccount, options?: SdkClientOptions): Promise<SdkClient>
  /** A client of ours, of a new account unless one is given. */
  ourClient(account?: ViemAccount): Promise<Client>
  /** A raw publish by JSON, with or without a token. */
  publish(envelopes: readonly RawEnvelope[], authorization?: string): Promise<RawAnswer>
}

export type RawEnvelope = { contentTopic: string; timestampNs?: string; message: string }
export type RawAnswer = { status: number; body: { code?: number; message?: string } }

/** Starts a node by the command that users start it with, in a folder of its own. */
export async function openWorld(): Promise<World> {
  const data = mkdtempSync(join(tmpdir(), 'posthorn-conformance-'))
  const node = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '../../packages/cli/bin/posthorn.js'),
      'up',
      '--api-port',
      '0',
      '--data',
      data,
      '--log',
      'json',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const url = await readyUrl(node)
  const closers: (() => Promise<unknown>)[] = []
  return {
    url,
    sdkClient: async (account = newAccount(), options = {}) => {
      const client = await sdk.Client.create(countingSigner(account), { apiUrl: url, ...options })
      closers.push(() => client.close())
      return client
    },
    ourClient: async (account = newAccount()) => {
      const client = await createClient(account, { url })
      closers.push(async () => client[Symbol.asyncDispose]())
      return client
    },
    publish: async (envelopes, authorization) => {
      const answer = await fetch(`${url}/message/v1/publish`, {
        method: 'POST',
        headers: authorization === undefined ? {} : { authorization },
        body: JSON.stringify({ envelopes }),
      })
      return { status: answer.status, body: (await answer.json()) as RawAnswer['body'] }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.allSettled(closers.map((close) => close()))
      node.kill('SIGINT')
      await once(node, 'exit')
      rmSync(data, { recursive: true, force: true })
    },
  }
}

async function readyUrl(node: ChildProcess): Promise<string> {
  if (node.stdout === null) throw new Error('the node has no stdout')
  for await (const line of createInterface({ input: node.stdout })) {
    const event = JSON.parse(line) as { event?: string; api?: string[] }
    const url = event.api?.[0]
    if (event.event === 'ready' && url !== undefined) return url
  }
  throw new Error('the node ended before it was ready')
}
