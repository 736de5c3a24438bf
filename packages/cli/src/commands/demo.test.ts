import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { posthorn, start } from '../testing/posthorn-process.ts'

let temporary = ''

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'posthorn-demo-'))
})

afterEach(() => rm(temporary, { recursive: true }))

describe('demo', () => {
  test('default: lets two wallets talk, shows what the node has, and leaves nothing', async () => {
    const { exitCode, stdout, stderr } = await posthorn(['demo'], { env: { TMPDIR: temporary } })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/Alice → Bob {2}“Hello Bob/)
    expect(stdout).toMatch(/Bob → Alice {2}“/)
    expect(stdout).toMatch(/message {2}[0-9a-f]+… \(\d+ bytes\)/)
    expect(stdout).toContain('one signature, and 2 messages are there')
    expect(await readdir(temporary)).toEqual([])
  })

  test('behavior: tells its steps as lines of JSON', async () => {
    const { stdout } = await posthorn(['demo', '--json'], { env: { TMPDIR: temporary } })
    const steps = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(steps.map(({ step }) => step)).toEqual([
      'node',
      'wallets',
      'message',
      'node-sees',
      'message',
      'portable-inbox',
      'done',
    ])
    expect(steps[1]).toMatchObject({ promptsEach: 2 })
    expect(steps[5]).toMatchObject({ prompts: 1, messages: [steps[2].content, steps[4].content] })
    expect(steps[6].seconds).toBeLessThan(10)
  })

  test('behavior: Ctrl-C in the middle leaves nothing either', async () => {
    await using demo = start(['demo'], { env: { TMPDIR: temporary } })
    await demo.nextLine()
    demo.process.kill('SIGINT')
    const { exitCode, stderr } = await demo.finished
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: '' })
    expect(await readdir(temporary)).toEqual([])
  })
})
