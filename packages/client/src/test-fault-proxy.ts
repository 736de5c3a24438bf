// A line to a node that fails in the ways lines fail, when it is told to.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What can happen to all connections of a line at a moment; `outage` and `stall` last, also for new connections. */
export type Fault =
  /** Closed in good order. */
  | { readonly kind: 'cut' }
  /** Closed by a reset. */
  | { readonly kind: 'reset' }
  /** The next piece of an answer comes in half, then the end, in good order or by a reset. */
  | { readonly kind: 'truncate'; readonly isReset: boolean }
  /** What comes from the node is lost without a word; the client's end stays open. */
  | { readonly kind: 'half-open' }
  /** Every piece of an answer comes so much later. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Nothing passes for a time, and all of it afterwards. */
  | { readonly kind: 'stall'; readonly durationMs: number }
  /** Nobody listens for a time. */
  | { readonly kind: 'outage'; readonly durationMs: number }

/** A time in which nothing could pass, by `performance.now()`. */
export type Silence = { readonly startMs: number; readonly endMs: number }

/** A line to a node. */
export type FaultProxy = AsyncDisposable & {
  readonly url: string
  /** Does it; resolves when it is over. */
  strike(fault: Fault): Promise<void>
  readonly silences: readonly Silence[]
  /** Connections that were struck so far. */
  struck(): number
}

type Line = {
  readonly client: Socket
  readonly node: Socket
  /** Pieces on their way to the client. One comes after the other, whenever they are due. */
  readonly delayed: { readonly piece: Buffer; readonly dueMs: number }[]
  mood: 'well' | 'half-open' | 'truncate' | 'truncate by reset'
}

type State = { readonly lines: Set<Line>; delayMs: number; isStalled: boolean; isDown: boolean }

/** Starts a line to the node at `target`. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const state: State = { lines: new Set(), delayMs: 0, isStalled: false, isDown: false }
  const silences: Silence[] = []
  let struck = 0
  const server = createServer({ pauseOnConnect: true }, (client) => open(state, client, target))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function last(durationMs: number): Promise<void> {
    const startMs = performance.now()
    await pause(durationMs)
    silences.push({ startMs, endMs: performance.now() })
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    silences,
    struck: () => struck,
    strike: async (fault) => {
      const lines = [...state.lines]
      struck += lines.length
      if (fault.kind === 'stall') {
        setStalled(state, true)
        await last(fault.durationMs)
        setStalled(state, false)
      } else if (fault.kind === 'outage') {
        state.isDown = true
        for (const line of lines) end(line, true)
        await last(fault.durationMs)
        state.isDown = false
      } else {
        for (const line of lines) strikeLine(state, line, fault)
      }
    },
    [Symbol.asyncDispose]: async () => {
      server.close()
      for (const line of state.lines) end(line, true)
      await once(server, 'close')
    },
  }
}

function open(state: State, client: Socket, target: string): void {
  if (state.isDown) return void client.resetAndDestroy()
  const { hostname, port } = new URL(target)
  const node = connect(Number(port), hostname)
  const line: Line = { client, node, delayed: [], mood: 'well' }
  state.lines.add(line)
  client.on('error', () => undefined).on('close', () => forget(state, line))
  node.on('error', () => undefined)
  node.on('close', () => {
    if (line.mood === 'well') client.destroy()
  })
  client.on('data', (piece) => {
    if (!node.destroyed) node.write(piece)
  })
  node.on('data', (piece) => deliver(state, line, piece))
  if (!state.isStalled) client.resume()
}

function forget(state: State, line: Line): void {
  state.lines.delete(line)
  line.node.destroy()
}

function deliver(state: State, line: Line, piece: Buffer): void {
  const { client } = line
  if (line.mood === 'half-open' || client.destroyed) return
  if (line.mood === 'well') {
    line.delayed.push({ piece, dueMs: performance.now() + state.delayMs })
    if (line.delayed.length === 1) sendDue(line)
    return
  }
  const isReset = line.mood === 'truncate by reset'
  line.mood = 'half-open'
  // What is still on its way comes first, or not at all.
  if (line.delayed.length > 0) end(line, isReset)
  else client.write(piece.subarray(0, piece.length >> 1), () => end(line, isReset))
}

function sendDue(line: Line): void {
  for (let next = line.delayed[0]; next !== undefined; next = line.delayed[0]) {
    const waitMs = next.dueMs - performance.now()
    if (waitMs > 0) return void setTimeout(() => sendDue(line), waitMs)
    line.client.write(next.piece)
    line.delayed.shift()
  }
}

function strikeLine(state: State, line: Line, fault: Fault): void {
  if (fault.kind === 'cut') end(line, false)
  if (fault.kind === 'reset') end(line, true)
  if (fault.kind === 'half-open') line.mood = 'half-open'
  if (fault.kind === 'truncate') line.mood = fault.isReset ? 'truncate by reset' : 'truncate'
  if (fault.kind === 'delay') state.delayMs = fault.delayMs
}

function end({ client, node }: Line, isReset: boolean): void {
  node.destroy()
  if (isReset) client.resetAndDestroy()
  else client.end(() => client.destroy())
}

function setStalled(state: State, isStalled: boolean): void {
  state.isStalled = isStalled
  for (const { client, node } of state.lines) {
    for (const socket of [client, node]) {
      if (isStalled) socket.pause()
      else socket.resume()
    }
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs))
}
