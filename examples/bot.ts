// A bot that answers whoever writes to it.

import { createClient } from '@posthorn/client'

const privateKey = process.env['PRIVATE_KEY'] as `0x${string}`
const bot = await createClient(privateKey, { url: process.env['NODE_URL'] })
const messages = await bot.streamAllMessages()
console.log(`${bot.address} listens`)
for await (const { senderAddress, content, conversation } of messages) {
  if (senderAddress === undefined || senderAddress === bot.address) continue
  await conversation.send(`You said: ${content}`)
}
