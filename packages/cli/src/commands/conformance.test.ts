import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { posthorn } from '../testing/posthorn-process.ts'
import { startTestNode } from '../testing/test-node.ts'
import { startTlsFront } from '../testing/tls-front.ts'

test('conformance: prints a line for each check and a scorecard, and ends with 0', async () => {
  await using node = await startTestNode()
  const { exitCode, stdout } = await posthorn(['conformance', node.url, '--only', 'batch'])
  expect(exitCode).toBe(0)
  expect(stdout.match(/^pass {2}(json|grpc|grpc-web) +batch\./gm)).toHaveLength(12)
  expect(stdout).toMatch(/^batch {5}12 of 12\ntotal {5}12 of 12\n$/m)
})

test('conformance: --json prints a document for each check and the summary', async () => {
  await using node = await startTestNode()
  const flags = ['--json', '--only', 'batch.empty,limits.deny-listed', '--protocol', 'grpc']
  const { stdout } = await posthorn(['conformance', '--url', node.url, ...flags])
  const [check, skipped, last] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(check).toMatchObject({
    id: 'batch.empty',
    protocol: 'grpc',
    status: 'pass',
    reference: 'docs/conformance.md#batch',
  })
  expect(skipped).toMatchObject({ status: 'skip', reason: expect.stringContaining('deny-listed') })
  expect(last.summary).toEqual({
    pass: 1,
    fail: 0,
    skip: 1,
    groups: {
      batch: { pass: 1, fail: 0, skip: 0 },
      limits: { pass: 0, fail: 0, skip: 1 },
    },
  })
})

test('conformance: a check that fails is exit code 1, with what was found', async () => {
  const flags = ['--only', 'batch.empty', '--protocol', 'json']
  const { exitCode, stdout } = await posthorn(['conformance', 'http://127.0.0.1:9', ...flags])
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(/^FAIL {2}json +batch\.empty/m)
  expect(stdout).toMatch(/^total {5}0 of 1$/m)
})

test.each([
  ['--only', 'nothing', 'cli/unknown-check'],
  ['--protocol', 'soap', 'cli/bad-protocol'],
  ['--grpc-url', 'ftp://a', 'cli/bad-url'],
])('conformance: %s %s is wrong usage', async (flag, value, code) => {
  const { exitCode, stderr } = await posthorn(['conformance', flag, value, '--json'])
  expect(exitCode).toBe(2)
  expect(JSON.parse(stderr).error.code).toBe(code)
})

test('conformance: --list prints the checks and asks no node', async () => {
  const { exitCode, stdout } = await posthorn(['conformance', '--list', '--json'])
  expect(exitCode).toBe(0)
  expect(stdout.trimEnd().split('\n').length).toBeGreaterThan(80)
})

test('conformance: checks a node behind TLS whose certificate --ca or the environment names', async () => {
  await using node = await startTestNode()
  await using front = await startTlsFront(node.url)
  await using directory = await temporaryDirectory()
  const ca = join(directory.path, 'ca.pem')
  await writeFile(ca, front.certificate)
  const only = ['conformance', front.url, '--only', 'batch.fifty,stream.burst']
  const byFlag = await posthorn([...only, '--ca', ca])
  expect(byFlag.stdout).toMatch(/^total {5}6 of 6$/m)
  for (const protocol of ['json', 'grpc', 'grpc-web']) {
    const passed = byFlag.stdout.match(new RegExp(`^pass +${protocol} `, 'gm'))
    expect(passed).toHaveLength(2)
  }
  const byEnvironment = await posthorn(only, { env: { NODE_EXTRA_CA_CERTS: ca } })
  expect(byEnvironment.stdout).toMatch(/^total {5}6 of 6$/m)
  const untrusted = await posthorn(only)
  expect(untrusted.exitCode).toBe(1)
  expect(untrusted.stdout.match(/self-signed certificate/g)).toHaveLength(6)
})

test.each([
  ['nothing', 'cli/bad-ca'],
  [undefined, 'cli/cannot-read-file'],
])('conformance: a --ca file with %s is refused', async (text, code) => {
  await using directory = await temporaryDirectory()
  const ca = join(directory.path, 'ca.pem')
  if (text !== undefined) await writeFile(ca, text)
  const { stderr } = await posthorn(['conformance', 'https://localhost:1', '--ca', ca, '--json'])
  expect(JSON.parse(stderr).error.code).toBe(code)
})
