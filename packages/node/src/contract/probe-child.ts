// Run by tests as a process of its own, so that an attack of the test does not slow it: every 10 ms, until it is
// told to stop, asks a node for its readiness or publishes an envelope, in turn, each on a connection of its own.

import { request } from 'node:http'

const [url = ''] = process.argv.slice(2)
const delaysMs: number[] = []
let failures = 0
let isOver = false

process.once('message', () => {
  isOver = true
})
process.send?.('ready')
while (!isOver) {
  const isPublish = delaysMs.length % 2 === 1
  const startedMs = performance.now()
  const status = await (isPublish ? publish(delaysMs.length) : answerOf('GET', '/readyz'))
  delaysMs.push(performance.now() - startedMs)
  if (status !== 200) failures++
  await new Promise((resolve) => setTimeout(resolve, 10))
}
process.send?.({ delaysMs, failures })

function publish(timestampNs: number): Promise<number> {
  const envelope = { contentTopic: '/xmtp/0/m-probe/proto', timestampNs, message: 'YQ==' }
  return answerOf('POST', '/message/v1/publish', JSON.stringify({ envelopes: [envelope] }))
}

function answerOf(method: string, path: string, body = ''): Promise<number> {
  return new Promise((resolve) => {
    const call = request(url + path, { method, agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    call.on('error', () => resolve(0))
    call.end(body)
  })
}
