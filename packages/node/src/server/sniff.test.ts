import { once } from 'node:events'
import { connect } from 'node:net'
import { createVirtualClock } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { startTestNode } from '../contract/test-node.ts'

test('a node that stops waits for no connection that has not said what it speaks', async () => {
  const clock = createVirtualClock()
  await using testNode = await startTestNode({}, { clock })
  const sockets = ['', 'PR'].map((text) => {
    const socket = connect(Number(new URL(testNode.url).port), '127.0.0.1')
    socket.write(text)
    return socket.resume()
  })
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  expect((await fetch(`${testNode.url}/healthz`)).status).toBe(200)
  const closed = sockets.map((socket) => once(socket, 'close'))
  const stopped = testNode.node[Symbol.asyncDispose]()
  await clock.advance(100)
  await stopped
  await Promise.all(closed)
})
