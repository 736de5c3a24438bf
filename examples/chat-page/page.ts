// A chat with the wallet of the browser, or, where there is none, with a key that is gone with the page.

import { createClient, type Message, type WalletSource } from '@posthorn/client'

const { ethereum } = globalThis as { ethereum?: WalletSource }
const url = new URLSearchParams(location.search).get('node') ?? 'http://localhost:5555'
const client = await createClient(ethereum ?? crypto.getRandomValues(new Uint8Array(32)), { url })

const form = document.createElement('form')
const list = document.createElement('ul')
form.innerHTML = '<input name="to" placeholder="0x…"> <input name="text"> <button>Send</button>'
document.body.append(`You are ${client.address}`, form, list)

const shown = new Set<string>()
function show({ id, senderAddress, content, fallback }: Message): void {
  if (shown.has(id)) return
  shown.add(id)
  const item = document.createElement('li')
  item.textContent = `${senderAddress ?? 'Somebody'}: ${content ?? fallback ?? '(unreadable)'}`
  list.append(item)
}

form.onsubmit = (event) => {
  event.preventDefault()
  const { to, text } = Object.fromEntries(new FormData(form))
  client
    .newConversation(`${to}`)
    .then((chat) => chat.send(`${text}`))
    .catch(alert)
}

const arriving = await client.streamAllMessages()
for (const chat of await client.conversations()) (await chat.messages()).forEach(show)
for await (const message of arriving) show(message)
