import { UsageError } from '@posthorn/errors'
import { expect, test } from 'vitest'
import { openStream, type StreamControl } from './stream.ts'

const failure = new UsageError('test/failure', 'Test: it fails')

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}

async function* counting({ signal, onOpen }: StreamControl): AsyncGenerator<number, void> {
  onOpen()
  yield 1
  yield 2
  await aborted(signal)
}

// Like reading a message when the keys are wiped under it.
async function* failingAtTheEnd({ signal, onOpen }: StreamControl): AsyncGenerator<number, void> {
  yield* []
  onOpen()
  await aborted(signal)
  throw failure
}

test('a stream resolves once it is open and yields everything in order', async () => {
  const stream = await openStream(counting)
  expect([await stream.next(), await stream.next()]).toEqual([
    { done: false, value: 1 },
    { done: false, value: 2 },
  ])
  const waiting = stream.next()
  await stream[Symbol.asyncDispose]()
  expect(await waiting).toEqual({ done: true, value: undefined })
})

test('a stream that fails before it is open rejects, and afterwards fails its reader', async () => {
  const before = openStream(async function* (): AsyncGenerator<number, void> {
    yield* []
    throw failure
  })
  await expect(before).rejects.toBe(failure)
  const after = await openStream(async function* ({ onOpen }): AsyncGenerator<number, void> {
    onOpen()
    yield 1
    throw failure
  })
  await after.next()
  await expect(after.next()).rejects.toBe(failure)
})

test('a stream that is told to end ends, whatever that interrupts', async () => {
  const [outer, other] = [new AbortController(), new AbortController()]
  const bySignal = await openStream(failingAtTheEnd, undefined, outer.signal, other.signal)
  const waiting = bySignal.next()
  outer.abort()
  expect(await waiting).toEqual({ done: true, value: undefined })

  const byReturn = await openStream(failingAtTheEnd)
  expect(await byReturn.return?.()).toEqual({ done: true, value: undefined })

  const atOnce = await openStream(failingAtTheEnd, outer.signal)
  expect(await atOnce.next()).toEqual({ done: true, value: undefined })
})
