// CPU of sending one V2 text: encode, sign, encrypt, wrap, hand to the network.

import type { BackendName } from '../packages/crypto/src/index.ts'
import { expectV2, ourClient, sdkClient } from './accounts.ts'
import { cpuMicrosecondsOf, interleave, rounded } from './measure.ts'
import { plainNetwork } from './plain-network.ts'
import type { Report } from './report.ts'
import type { BenchOptions } from './run.ts'
import { memoryNetwork } from './xmtp-js-network.ts'

const textBytes = 1000
const counts = { ours: 1000, peer: 100 }

/** `npm run bench -- v2-send` */
export async function v2Send({ rounds, backend }: BenchOptions): Promise<Report> {
  const text = 'x'.repeat(textBytes)
  const ourSide = await ourConversation(backend)
  const peerSide = await peerConversation()
  const [ours = 0, peer = 0] = await interleave(rounds, [
    async () =>
      (await cpuMicrosecondsOf(async () => {
        for (let i = 0; i < counts.ours; i++) await ourSide.send(text)
      })) / counts.ours,
    async () =>
      (await cpuMicrosecondsOf(async () => {
        for (let i = 0; i < counts.peer; i++) await peerSide.send(text)
      })) / counts.peer,
  ])
  return {
    name: 'v2-send',
    setting: {
      textBytes,
      backend: backend ?? 'fastest',
      messages: counts.ours,
      peerMessages: counts.peer,
      rounds,
    },
    ours: { cpuMicroseconds: rounded(ours) },
    peer: { name: '@xmtp/xmtp-js 13.0.4', cpuMicroseconds: rounded(peer) },
    ratio: rounded(peer / ours),
  }
}

async function ourConversation(backend: BackendName | undefined) {
  const network = plainNetwork()
  const [sender, recipient] = [await ourClient(network, backend), await ourClient(network, backend)]
  return sender.newConversation(recipient.address)
}

async function peerConversation() {
  const network = memoryNetwork()
  const [sender, recipient] = [await sdkClient(network), await sdkClient(network)]
  return expectV2(await sender.conversations.newConversation(recipient.address))
}
