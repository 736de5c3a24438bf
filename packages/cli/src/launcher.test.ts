import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launcherPath, posthorn } from './testing/posthorn-process.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-launcher-'))
})

afterAll(() => rm(folder, { recursive: true }))

// Makes Node believe that it is another version, before the launcher runs.
function pretending(version: string): readonly string[] {
  const code = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`]
}

describe('launcher', () => {
  test.each(['18.20.4', '20.20.2', '22.17.9'])(
    'says what is needed when Node %s is all there is',
    async (version) => {
      await cp(dirname(launcherPath), join(folder, 'bin'), { recursive: true })
      await cp(join(dirname(launcherPath), '../package.json'), join(folder, 'package.json'))
      const launcher = join(folder, 'bin', 'posthorn.js')
      const { exitCode, stdout, stderr } = await posthorn(['--version'], {
        nodeArgs: pretending(version),
        launcher,
      })
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
      expect(stderr).toContain(`needs Node 22.18 or newer; this is Node ${version}`)
      expect(stderr).toContain('https://nodejs.org')
    },
  )

  test('goes on with the Node that the checkout has brought when the first is too old', async () => {
    const { exitCode, stdout } = await posthorn(['--version'], { nodeArgs: pretending('20.20.2') })
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '0.1.0\n' })
  })

  test('hands input, failure and exit code through to the Node that it goes on with', async () => {
    const { exitCode, stderr } = await posthorn(['init', '--import', '-', '--json'], {
      nodeArgs: pretending('20.20.2'),
      input: 'not a key',
      env: { POSTHORN_HOME: join(folder, 'none') },
    })
    expect(exitCode).toBe(2)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'cli/bad-private-key' } })
  })
})
