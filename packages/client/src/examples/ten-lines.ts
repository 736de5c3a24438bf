// The ten lines of the README, so that they are type-checked.

import { createClient, type WalletSource } from '../index.ts'

/** Says gm, then prints whatever arrives. */
export async function tenLines(wallet: WalletSource, print: typeof console.log): Promise<void> {
  const alice = await createClient(wallet, { url: 'http://localhost:5555' })
  const chat = await alice.newConversation('0x0000000000000000000000000000000000000001')
  await chat.send('gm')
  for await (const message of await alice.streamAllMessages()) {
    print(message.senderAddress, message.content)
  }
}
