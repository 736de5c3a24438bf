// Sends one text to many: PRIVATE_KEY=0x… node announce.ts TEXT < addresses.txt
// Interrupted anywhere and started anew with the same text, it goes on, and everybody gets the text once.

import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { createClient } from '@posthorn/client'
import { broadcast, type Journal } from '@posthorn/client/announce'

const file = process.env['JOURNAL'] ?? 'announcement.journal'
const journal: Journal = {
  async *read() {
    const lines = (await readFile(file, { encoding: 'utf8', flag: 'a+' })).split('\n')
    // A crash may have cut the last line off; the next ones are not to go on behind it.
    if (lines.pop() !== '') await writeFile(file, lines.map((line) => `${line}\n`).join(''))
    yield* lines
  },
  append: (lines) => appendFile(file, `${lines.join('\n')}\n`, { flush: true }),
}

const privateKey = process.env['PRIVATE_KEY'] as `0x${string}`
await using creator = await createClient(privateKey, { url: process.env['NODE_URL'] })
const recipients = (await text(process.stdin)).split(/\s+/).filter((address) => address !== '')
const job = broadcast(creator, { recipients, content: process.argv[2] ?? 'gm', journal })
for await (const { address, outcome } of job) console.log(address, outcome.kind)
