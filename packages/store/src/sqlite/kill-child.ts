// Run by tests as a process of its own, to be killed: publishes for ever into the directory it is
// given and prints "<number> <sequence>" for each acknowledged envelope. With "unsafe" it waits for no disk.

import { openSqliteEngine } from '../sqlite.ts'

const [directory = '', firstNumber = '0', mode = 'safe'] = process.argv.slice(2)
const publishers = 32

const { store } = await openSqliteEngine({ directory, isUnsafe: mode === 'unsafe' })
let next = Number(firstNumber)

async function publish(): Promise<never> {
  for (;;) {
    const number = next++
    const message = new TextEncoder().encode(String(number).padEnd(1_024, '.'))
    const contentTopic = `topic ${number % 10}`
    const [result] = await store.append([{ contentTopic, timestampNs: BigInt(number), message }])
    // A pipe takes this at once, so that a killed process has told all.
    process.stdout.write(`${number} ${result?.sequence}\n`)
  }
}

await Promise.all(Array.from({ length: publishers }, publish))
