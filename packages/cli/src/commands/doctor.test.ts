import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Finished, posthorn } from '../testing/posthorn-process.ts'
import { startTestNode } from '../testing/test-node.ts'

type Report = {
  readonly isHealthy: boolean
  readonly checks: readonly { name: string; status: string; found: string; advice?: string }[]
}

let home = ''

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'posthorn-doctor-'))
})

afterEach(() => rm(home, { recursive: true }))

function doctor(url: string, ...flags: readonly string[]): Promise<Finished> {
  return posthorn(['doctor', '--home', home, '--url', url, ...flags])
}

function checkOf(report: Report, name: string) {
  return report.checks.find((check) => check.name === name)
}

// Answers every query with nothing, at a time of its own.
async function startClockNode(date: Date): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('date', date.toUTCString()).end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

describe('doctor', () => {
  test('default: finds nothing wrong with a key and a node', async () => {
    await using node = await startTestNode()
    await posthorn(['init', '--offline', '--home', home])
    const { exitCode, stdout } = await doctor(node.url, '--json')
    const report: Report = JSON.parse(stdout)
    expect(exitCode).toBe(0)
    expect(report.isHealthy).toBe(true)
    for (const name of ['node version', 'crypto', 'key', 'node', 'clock']) {
      expect(checkOf(report, name)).toMatchObject({ status: 'ok' })
    }
  })

  test('behavior: fails and says what to do when nothing answers', async () => {
    const { exitCode, stdout } = await doctor('http://127.0.0.1:9')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^fail {2}node /m)
    expect(stdout).toMatch(/^ +is a node running at http:\/\/127\.0\.0\.1:9\?/m)
    expect(stdout).toMatch(/^warn {2}key .*\n +make one with: posthorn init$/m)
  })

  test('behavior: fails when others can read the key', async () => {
    await posthorn(['init', '--offline', '--home', home])
    await chmod(join(home, 'key.json'), 0o644)
    const { stdout } = await doctor('http://127.0.0.1:9', '--json')
    expect(checkOf(JSON.parse(stdout), 'key')).toMatchObject({
      status: 'fail',
      advice: expect.stringContaining('chmod 600'),
    })
  })

  test.each([
    ['agrees', 0, 'ok', 'agrees'],
    ['is a minute behind', -60_000, 'warn', '60 s ahead of the node'],
    ['is an hour ahead', 3_600_000, 'fail', '3600 s behind the node'],
  ])('behavior: tells when the clock of the node %s', async (_, skewMs, status, found) => {
    await using node = await startClockNode(new Date(Date.now() + skewMs))
    const { stdout } = await doctor(node.url, '--json')
    const clock = checkOf(JSON.parse(stdout), 'clock')
    expect(clock?.status).toBe(status)
    // The header counts whole seconds.
    expect(clock?.found.replace(/(59|61) s/, '60 s').replace(/(3599|3601) s/, '3600 s')).toContain(
      found,
    )
  })

  test('behavior: is not taken in by a server that is no node', async () => {
    const server = createServer((_, response) => response.writeHead(404).end('<html>'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { exitCode, stdout } = await doctor(`http://127.0.0.1:${port}`, '--json')
    server.closeAllConnections()
    server.close()
    expect(exitCode).toBe(1)
    expect(checkOf(JSON.parse(stdout), 'node')).toMatchObject({
      status: 'fail',
      advice: expect.stringContaining('really a node?'),
    })
  })
})
