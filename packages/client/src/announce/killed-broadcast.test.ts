// A broadcast over the node that users run, by a process that is killed.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadCrypto } from '@posthorn/crypto'
import { parseConfig, startNode } from '@posthorn/node'
import { temporaryDirectory } from '@posthorn/testing'
import { createJsonTransport } from '@posthorn/transport'
import { expect, test } from 'vitest'
import { systemClock } from '../system-clock.ts'
import { type KilledBroadcastParts, killedBroadcast } from './test-killed-broadcast.ts'

const program = `
  import { readFileSync } from 'node:fs'
  import { broadcastAndTell } from '${new URL('./test-kill-child.ts', import.meta.url)}'
  const input = JSON.parse(readFileSync(0, 'utf8'))
  await broadcastAndTell(input, (kind) => process.stdout.write(kind + '\\n'))
`

const runChild: KilledBroadcastParts['runChild'] = async (input, killAfter) => {
  const args = ['--input-type=module', '--eval', program]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(input))
  let told = ''
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    told += text
    if (told.split('\n').length > killAfter) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return told.split('\n').slice(0, -1)
}

test('everybody gets the message once although the process is killed in the middle', async () => {
  await using folder = await temporaryDirectory()
  const flags = { 'api-port': '0', data: `${folder.path}/node`, auth: 'off' }
  const node = await startNode(parseConfig({ flags }))
  const url = node.apiUrls[0] ?? ''
  const transport = createJsonTransport({ url, timers: systemClock })
  const report = await killedBroadcast({
    crypto: await loadCrypto(),
    url,
    transport,
    directory: `${folder.path}/journal`,
    recipientCount: 200,
    kills: [20, 60],
    runChild,
  })
  await transport[Symbol.asyncDispose]()
  await node.kill()
  expect(report).toMatchObject({
    sentByLastRun: 200,
    servedOnce: 200,
    others: [],
    conversationsOfSender: 200,
  })
  for (const count of report.told) expect(count).toBeLessThan(200)
})
