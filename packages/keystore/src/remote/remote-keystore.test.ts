import { once } from 'node:events'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { toUtf8 } from '@posthorn/bytes'
import type { Keystore } from '@posthorn/protocol-v2'
import { createSecretSpy, eventually } from '@posthorn/testing'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { newKeystore, newSigner, nowNs } from '../test-account.ts'
import { connectKeystore } from './connect-keystore.ts'
import { type KeystoreRequest, type ServeKeystoreOptions, serveKeystore } from './serve-keystore.ts'

const ports: MessagePort[] = []
const protocol = 'posthorn-keystore/1'
const content = toUtf8('hello')

afterEach(() => {
  for (const port of ports.splice(0)) port.close()
})

function channel(): MessageChannel {
  const made = new MessageChannel()
  ports.push(made.port1, made.port2)
  return made
}

async function connected(keystore: Keystore, options?: ServeKeystoreOptions) {
  const { port1, port2 } = channel()
  const server = serveKeystore(keystore, port1, options)
  return { port1, port2, server, remote: await connectKeystore(port2) }
}

async function talk(alice: Keystore, bob: Keystore): Promise<void> {
  const v1 = await alice.sealMessageV1({
    recipient: bob.keyBundle,
    recipientAddress: bob.address,
    sentNs: nowNs,
    content,
  })
  expect(await bob.openMessageV1({ bytes: v1.bytes, topic: v1.topic })).toMatchObject({
    senderAddress: alice.address,
    content,
  })
  const context = { conversationId: 'example.org/1', metadata: { title: 'Grüße' } }
  const invited = await alice.createInvitation({
    recipient: bob.keyBundle,
    createdNs: nowNs,
    context,
    isRepeatable: true,
  })
  const { bytes } = invited
  const { conversation } = await bob.openInvitation({ bytes, timestampNs: nowNs })
  expect(conversation).toMatchObject({ context, peerAddress: alice.address })
  const sealing = { conversation, content, shouldPush: true, sentNs: nowNs }
  const sealed = await bob.sealMessage(sealing)
  const opening = { conversation: invited.conversation, bytes: sealed.bytes }
  expect(await alice.openMessage(opening)).toMatchObject({
    senderAddress: bob.address,
    content,
    isFromStranger: false,
  })
  const keys = await alice.hmacKeys(conversation.keyMaterial, Number(nowNs / 1_000_000n))
  expect(keys.map(({ key }) => key.length)).toEqual([32, 32, 32])
}

async function keepNotes(remote: Keystore, local: Keystore): Promise<void> {
  const action = { decision: 'denied', subject: 'address', values: [local.address] } as const
  const sealed = await remote.sealConsentAction(action)
  expect(await local.openConsentAction(sealed)).toEqual(action)
  expect(await remote.openConsentAction(sealed)).toEqual(action)
  expect(await remote.consentTopic()).toBe(await local.consentTopic())
  expect(await remote.privateLogTopic('escrow')).toBe(await local.privateLogTopic('escrow'))
  const entry = await remote.sealPrivateEntry('escrow', content)
  expect(await remote.openPrivateEntry('escrow', entry)).toEqual(content)
  expect(await remote.createAuthToken(nowNs)).toEqual(await local.createAuthToken(nowNs))
}

describe('remote keystore', () => {
  test('default: does over a port whatever the keystore behind it does', async () => {
    const [alice, bob] = [await newKeystore(), await newKeystore()]
    const { remote } = await connected(alice)
    expect([remote.address, remote.keyBundle]).toEqual([alice.address, alice.keyBundle])
    await talk(remote, bob)
    await talk(bob, remote)
    await keepNotes(remote, alice)
  })

  test('default: works with a thread that holds the keys', async () => {
    const worker = new Worker(new URL('./test-thread.ts', import.meta.url))
    try {
      const { port1, port2 } = channel()
      worker.on('message', (message) => port1.postMessage(message))
      port1.on('message', (message) => worker.postMessage(message))
      const remote = await connectKeystore(port2)
      await talk(remote, await newKeystore())
    } finally {
      await worker.terminate()
    }
  })

  test('behavior: a server that comes later is waited for', async () => {
    const { port1, port2 } = channel()
    const connecting = connectKeystore(port2)
    serveKeystore(await newKeystore(), port1)
    await expect((await connecting).consentTopic()).resolves.toContain('userpreferences')
  })

  test('error: keys do not leave, whatever is allowed and however it is asked for', async () => {
    const keystore = await newKeystore()
    const { remote, port2 } = await connected(keystore, { allow: () => true })
    const refused = { name: 'UsageError', code: 'keystore/not-exported' }
    await expect(remote.exportKeyBundle()).rejects.toMatchObject(refused)
    await expect(remote.sealKeyBundle(newSigner())).rejects.toMatchObject(refused)
    const answers: unknown[] = []
    port2.on('message', (message) => answers.push(message))
    const names = ['exportKeyBundle', 'sealKeyBundle', 'constructor', '__proto__', 'address', 7]
    for (const [index, service] of names.entries()) {
      port2.postMessage({ protocol, kind: 'call', id: 1_000 + index, service, input: {} })
    }
    while (answers.length < names.length) await once(port2, 'message')
    const keys = await keystore.exportKeyBundle()
    const spy = createSecretSpy({ keys, half: keys.subarray(20, 60) })
    spy.write(JSON.stringify(answers))
    expect(spy.leaks()).toEqual([])
    expect(new Set(answers.map((each) => (each as { kind: string }).kind))).toEqual(
      new Set(['error']),
    )
  })

  test('default: allow sees the checked request and decides', async () => {
    const seen: KeystoreRequest[] = []
    const allow = async (request: KeystoreRequest): Promise<boolean> => {
      seen.push(request)
      return request.service !== 'createAuthToken'
    }
    const { remote } = await connected(await newKeystore(), { allow })
    await remote.privateLogTopic('notes')
    await expect(remote.createAuthToken(nowNs)).rejects.toMatchObject({
      name: 'AdmissionError',
      code: 'keystore/not-allowed',
    })
    expect(seen).toEqual([
      { service: 'privateLogTopic', input: 'notes' },
      { service: 'createAuthToken', input: nowNs },
    ])
  })

  test('behavior: errors of the keystore arrive with family, code and details, without cause', async () => {
    const { remote } = await connected(await newKeystore())
    const failed = remote.openMessageV1({ bytes: Uint8Array.of(255) })
    await expect(failed).rejects.toMatchObject({ name: 'CodecError', code: 'wire/malformed' })
    await expect(failed).rejects.not.toHaveProperty('cause')
  })

  test('behavior: bytes travel without the memory they lie in', async () => {
    const { port1, port2 } = channel()
    const seen: Uint8Array[] = []
    port1.on('message', ({ input }) => input instanceof Uint8Array && seen.push(input))
    serveKeystore(await newKeystore(), port1)
    const remote = await connectKeystore(port2)
    const memory = toUtf8('a secret beside it, then the entry')
    await remote.openConsentAction(memory.subarray(28)).catch(() => undefined)
    expect(seen.map(({ buffer }) => buffer.byteLength)).toEqual([6])
  })

  test('error: what comes from the other end, whatever it is, gets a typed answer or none', async () => {
    const { port1, port2 } = channel()
    const keystore = await newKeystore()
    serveKeystore(keystore, port1)
    const services = Object.keys(keystore)
    const answers: { id: number; kind: string; error?: { code: string } }[] = []
    port2.on('message', (message) => answers.push(message))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...services), fc.anything(), async (service, input) => {
        const id = answers.length + 1
        try {
          port2.postMessage({ protocol, kind: 'call', id, service, input })
        } catch {
          return
        }
        while (answers.length < id) await once(port2, 'message')
        const { kind, error } = answers.at(-1) ?? { kind: 'none' }
        if (kind === 'error') expect(error?.code).not.toBe('keystore/failed')
        // These two take any text, or nothing.
        else expect(['consentTopic', 'privateLogTopic', 'createAuthToken']).toContain(service)
      }),
      { numRuns: 300 },
    )
    for (const junk of [undefined, null, 7, 'x', {}, { protocol }, { protocol, kind: 'call' }]) {
      port2.postMessage(junk)
    }
    await expect((await connectKeystore(port2)).consentTopic()).resolves.toBeDefined()
  })

  test('error: a message of another protocol is left to others', async () => {
    const { port1, port2 } = channel()
    serveKeystore(await newKeystore(), port1)
    const remote = await connectKeystore(port2)
    port1.postMessage({ protocol: 'other', kind: 'bye' })
    await expect(remote.consentTopic()).resolves.toBeDefined()
  })

  test('behavior: closing this end cancels what waits and leaves the keystore open', async () => {
    const decisions: ((isAllowed: boolean) => void)[] = []
    const keystore = await newKeystore()
    const { remote, port2 } = await connected(keystore, {
      allow: () => new Promise((resolve) => decisions.push(resolve)),
    })
    const asked = (count: number) => eventually(async () => expect(decisions).toHaveLength(count))
    const cancelled = remote.consentTopic()
    await asked(1)
    await remote[Symbol.asyncDispose]()
    await expect(cancelled).rejects.toMatchObject({ code: 'keystore/closed' })
    await expect(remote.consentTopic()).rejects.toMatchObject({ code: 'keystore/closed' })

    const again = await connectKeystore(port2)
    const call = again.privateLogTopic('notes')
    await asked(2)
    for (const decide of decisions) decide(true)
    expect(await call).toBe(await keystore.privateLogTopic('notes'))
  })

  test.each(['disposing the server', 'closing the port', 'aborting the signal'])(
    'error: after %s calls are keystore/disconnected',
    async (how) => {
      const ending = new AbortController()
      const { port1, port2 } = channel()
      const server = serveKeystore(await newKeystore(), port1, {
        allow: () => new Promise(() => undefined),
      })
      const remote = await connectKeystore(port2, { signal: ending.signal })
      const call = remote.consentTopic()
      const failed = expect(call).rejects.toMatchObject({
        name: 'TransportError',
        code: 'keystore/disconnected',
      })
      if (how === 'disposing the server') await server[Symbol.asyncDispose]()
      if (how === 'closing the port') port1.close()
      if (how === 'aborting the signal') ending.abort()
      await failed
      await expect(remote.consentTopic()).rejects.toMatchObject({ code: 'keystore/disconnected' })
    },
  )

  test('error: connecting with an aborted signal is keystore/disconnected', async () => {
    const { port2 } = channel()
    await expect(connectKeystore(port2, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'keystore/disconnected',
    })
  })

  test('error: more calls at once than anybody needs are refused', async () => {
    const { remote } = await connected(await newKeystore(), {
      allow: () => new Promise(() => undefined),
    })
    for (let n = 0; n < 1_000; n++) remote.consentTopic().catch(() => undefined)
    await expect(remote.consentTopic()).rejects.toMatchObject({
      name: 'AdmissionError',
      code: 'keystore/busy',
    })
    await remote[Symbol.asyncDispose]()
  })
})
