// Run by tests as a process of its own, so that an attack of the test does not slow it: asks a node for its
// readiness every 20 ms until it is told to stop.

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
  const startedMs = performance.now()
  const status = await statusOf(`${url}/readyz`)
  delaysMs.push(performance.now() - startedMs)
  if (status !== 200) failures++
  await new Promise((resolve) => setTimeout(resolve, 20))
}
process.send?.({ delaysMs, failures })

function statusOf(address: string): Promise<number> {
  return new Promise((resolve) => {
    const call = request(address, { agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    call.on('error', () => resolve(0))
    call.end()
  })
}
