// CPU of reading one V2 text: fetch from the network, decrypt, check signatures, decode.

import type { BackendName } from '../packages/crypto/src/index.ts'
import { expectV2, ourClient, sdkClient } from './accounts.ts'
import { cpuMicrosecondsOf, interleave, rounded, warmUp, warmUpSeconds } from './measure.ts'
import { plainNetwork } from './plain-network.ts'
import type { Report } from './report.ts'
import type { BenchOptions } from './run.ts'
import { memoryNetwork } from './xmtp-js-network.ts'

const textBytes = 1000
const counts = { ours: 1000, peer: 100 }

/** `npm run bench -- v2-receive` */
export async function v2Receive({ rounds, backend }: BenchOptions): Promise<Report> {
  const text = 'x'.repeat(textBytes)
  const ourInbox = await ourConversation(text, backend)
  const peerInbox = await peerConversation(text)
  const sides = [
    async () =>
      (await cpuMicrosecondsOf(async () => {
        expectCount((await ourInbox.messages()).length, counts.ours)
      })) / counts.ours,
    async () =>
      (await cpuMicrosecondsOf(async () => {
        expectCount((await peerInbox.messages()).length, counts.peer)
      })) / counts.peer,
  ]
  await warmUp(sides)
  const [ours = 0, peer = 0] = await interleave(rounds, sides)
  return {
    name: 'v2-receive',
    setting: {
      textBytes,
      backend: backend ?? 'fastest',
      messages: counts.ours,
      peerMessages: counts.peer,
      warmUpSeconds,
      rounds,
    },
    ours: { cpuMicroseconds: rounded(ours) },
    peer: { name: '@xmtp/xmtp-js 13.0.4', cpuMicroseconds: rounded(peer) },
    ratio: rounded(peer / ours),
  }
}

async function ourConversation(text: string, backend: BackendName | undefined) {
  const network = plainNetwork()
  const [sender, recipient] = [await ourClient(network, backend), await ourClient(network, backend)]
  const conversation = await sender.newConversation(recipient.address)
  for (let i = 0; i < counts.ours; i++) await conversation.send(text)
  const [inbox] = await recipient.conversations()
  if (inbox === undefined) throw new Error('the recipient has no conversation')
  return inbox
}

async function peerConversation(text: string) {
  const network = memoryNetwork()
  const [sender, recipient] = [await sdkClient(network), await sdkClient(network)]
  const conversation = await sender.conversations.newConversation(recipient.address)
  for (let i = 0; i < counts.peer; i++) await conversation.send(text)
  const [inbox] = await recipient.conversations.list()
  if (inbox === undefined) throw new Error('the recipient has no conversation')
  return expectV2(inbox)
}

function expectCount(found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`read ${found} messages, wanted ${wanted}`)
}
