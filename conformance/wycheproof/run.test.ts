import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ranges } from './report.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wycheproof-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

// RFC 4231 case 2, and the same with a turned bit.
const mac = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
const hmacInput = {
  key: '4a656665',
  msg: '7768617420646f2079612077616e7420666f72206e6f7468696e673f',
}
const aesInput = { iv: '00'.repeat(12), aad: '', msg: '', tag: '530f8afbc74536b9a963b4f1c4cb738b' }

describe('npm run wycheproof', () => {
  it('counts cases of all back ends and ends with the sum', () => {
    writeHmac([
      { ...hmacInput, tag: mac, result: 'valid' },
      { ...hmacInput, tag: `00${mac.slice(2)}`, result: 'invalid' },
    ])
    const { status, lines } = run(folder)
    expect(lines.at(-1)).toBe('6 passed, 0 failed')
    expect(lines).toContain('hmac.json native: 2 passed, 0 failed, 0 skipped')
    expect(status).toBe(0)
  })

  it('runs one back end when it is named', () => {
    writeHmac([{ ...hmacInput, tag: mac, result: 'valid' }])
    expect(run(folder, '--backend', 'noble').lines.at(-1)).toBe('1 passed, 0 failed')
  })

  it.each([
    ['a valid case is refused', `00${mac.slice(2)}`, 'valid'],
    ['an invalid case is accepted', mac, 'invalid'],
  ])('fails and names the case when %s', (_name, tag, result) => {
    writeHmac([{ ...hmacInput, tag, result }])
    const { status, lines } = run(folder, '--backend', 'noble')
    expect(lines.at(-1)).toBe('0 passed, 1 failed')
    expect(lines.join('\n')).toContain('FAILED case 1: ')
    expect(status).toBe(1)
  })

  it('lists cases outside the port as skipped, once the port has refused them', () => {
    writeFile('aes.json', 'AES-GCM', {
      tests: [
        { tcId: 1, ...aesInput, key: '00'.repeat(32), ct: '', result: 'valid' },
        { tcId: 2, ...aesInput, key: '00'.repeat(16), ct: '', result: 'valid' },
      ],
    })
    const { status, lines } = run(folder, '--backend', 'noble')
    expect(lines).toContain('  1 skipped, key not of 32 bytes, and refused: case 2')
    expect(lines.at(-1)).toBe('1 passed, 0 failed')
    expect(status).toBe(0)
  })

  it.each([
    ['there is no folder', () => ['/nonexistent-folder']],
    ['no folder is given', () => []],
    ['the folder is empty', () => [folder]],
    ['the back end is unknown', () => [folder, '--backend', 'quantum']],
  ])('stops with exit code 2 and a reason when %s', (_name, args) => {
    const { status, stderr } = run(...args())
    expect(status).toBe(2)
    expect(stderr).not.toBe('')
  })

  it('stops with exit code 2 when a file is no Wycheproof file', () => {
    writeFileSync(join(folder, 'other.json'), '{"some": "thing"}')
    expect(run(folder).status).toBe(2)
  })

  it('stops with exit code 2 when no file has a primitive of the port', () => {
    writeFile('other.json', 'SIPHASH', { tests: [{ tcId: 1, result: 'valid' }] })
    expect(run(folder).status).toBe(2)
  })
})

describe('ranges', () => {
  it('draw runs of numbers together', () => {
    expect(ranges([1, 2, 3, 7, 9, 10])).toBe('1-3, 7, 9-10')
  })
})

function writeHmac(cases: readonly object[]): void {
  const tests = cases.map((test, index) => ({ tcId: index + 1, ...test }))
  writeFile('hmac.json', 'HMACSHA256', { tagSize: 256, tests })
}

function writeFile(name: string, algorithm: string, group: object): void {
  const file = { algorithm, schema: 'handmade', testGroups: [group] }
  writeFileSync(join(folder, name), JSON.stringify(file))
}

function run(...args: readonly string[]): {
  status: number | null
  lines: string[]
  stderr: string
} {
  const program = join(import.meta.dirname, 'run.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
  })
  return { status, lines: stdout.trimEnd().split('\n'), stderr }
}
