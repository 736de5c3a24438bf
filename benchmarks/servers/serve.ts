// The half of server-process.ts that runs inside the server under test.

const collections = 3

/** Tells the parent that the server listens, and answers its questions until it says stop. */
export function serve(url: string, stop: () => Promise<void>): void {
  process.on('message', async (question) => {
    if (question === 'cpu') {
      const { user, system } = process.cpuUsage()
      process.send?.({ cpuMicroseconds: user + system })
    }
    if (question === 'memory') process.send?.({ residentBytes: await residentBytes() })
    if (question === 'stop') {
      await stop()
      process.exit(0)
    }
  })
  process.send?.({ url })
}

async function residentBytes(): Promise<number> {
  for (let i = 0; i < collections; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return process.memoryUsage.rss()
}
