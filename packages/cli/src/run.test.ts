import { describe, expect, test } from 'vitest'
import { posthorn } from './testing/posthorn-process.ts'

describe.concurrent('posthorn', () => {
  test('lists every command in its help', async () => {
    const { exitCode, stdout } = await posthorn(['--help'])
    expect(exitCode).toBe(0)
    for (const name of ['up', 'demo', 'init', 'whoami', 'can-message', 'send', 'doctor', 'help']) {
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    }
    expect(stdout).toContain('Exit codes')
  })

  test.each([
    ['help', 'init'],
    ['init', '--help'],
  ])('%s %s explains one command', async (...args) => {
    const { exitCode, stdout } = await posthorn(args)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('--import [file]')
    expect(stdout).toContain('--json')
  })

  test('prints its version', async () => {
    expect((await posthorn(['--version'])).stdout).toBe('0.1.0\n')
  })

  test('error: says how it is used when no command is given', async () => {
    const { exitCode, stdout, stderr } = await posthorn([])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('Usage: posthorn')
  })

  test.each([
    [['sned'], "unknown command 'sned'", 'Did you mean send?'],
    [['help', 'sned'], "unknown command 'sned'", 'posthorn help'],
    [['init', '--forse'], "unknown option '--forse'", 'Did you mean --force?'],
    [['whoami', 'x'], 'too many arguments', 'posthorn help'],
  ])('error: %j is told what is wrong', async (args, message, hint) => {
    const plain = await posthorn(args)
    expect(plain.exitCode).toBe(2)
    expect(plain.stderr).toContain(message)
    expect(plain.stderr).toContain(hint)
    const { error } = JSON.parse((await posthorn([...args, '--json'])).stderr)
    expect(error).toMatchObject({
      code: 'cli/usage',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
  })
})
