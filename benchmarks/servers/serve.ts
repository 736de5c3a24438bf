// The half of server-process.ts that runs inside the server under test.

/** Tells the parent that the server listens, and answers its questions until it says stop. */
export function serve(url: string, stop: () => Promise<void>): void {
  process.on('message', async (question) => {
    if (question === 'cpu') {
      const { user, system } = process.cpuUsage()
      process.send?.({ cpuMicroseconds: user + system })
    }
    if (question === 'stop') {
      await stop()
      process.exit(0)
    }
  })
  process.send?.({ url })
}
