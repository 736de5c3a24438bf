// A thread that opens messages for another one: keys once, then batches of sealed bytes.

import { parentPort, workerData } from 'node:worker_threads'
import { loadCrypto } from '../../packages/crypto/src/index.ts'
import { type ConversationV2, importKeystore } from '../../packages/protocol-v2/src/index.ts'

const { keys, conversation } = workerData as { keys: Uint8Array; conversation: ConversationV2 }
const keystore = importKeystore(await loadCrypto(), keys)

parentPort?.on('message', async (batch: readonly Uint8Array[]) => {
  const opened = []
  for (const bytes of batch) opened.push(await keystore.openMessage({ conversation, bytes }))
  parentPort?.postMessage(opened)
})
parentPort?.postMessage('ready')
