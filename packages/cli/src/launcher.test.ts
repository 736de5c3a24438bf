import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launcherPath, posthorn, start } from './testing/posthorn-process.ts'

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

describe('program path', () => {
  test('is the bundle until a source is newer than it', async () => {
    const cli = join(folder, 'packages', 'cli')
    await cp(dirname(launcherPath), join(cli, 'bin'), { recursive: true })
    const write = async (path: string, secondsAgo: number, text = '') => {
      const file = join(folder, 'packages', path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, text)
      const time = new Date(Date.now() - secondsAgo * 1_000)
      await utimes(file, time, time)
      await utimes(dirname(file), time, time)
    }
    const module = pathToFileURL(join(cli, 'bin', 'program-path.js')).href
    const { programPath } = (await import(module)) as { programPath: () => string }
    await write('cli/src/main.ts', 60)
    expect(programPath()).toBe(join(cli, 'src', 'main.ts'))
    await write('cli/dist/main.cjs', 30)
    await write('cli/dist/packages.txt', 30, 'cli\nnode')
    expect(programPath()).toBe(join(cli, 'dist', 'main.cjs'))
    await write('other/src/changed.ts', 10)
    expect(programPath()).toBe(join(cli, 'dist', 'main.cjs'))
    await write('node/src/deep/changed.ts', 10)
    expect(programPath()).toBe(join(cli, 'src', 'main.ts'))
  })
})

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

  test('bounds the garbage of the Node that it runs on, and of the one that it goes on with', async () => {
    const [firstLine = ''] = (await readFile(launcherPath, 'utf8')).split('\n')
    const bound = firstLine.split(' ').at(-1) ?? ''
    expect(bound).toMatch(/^--max-semi-space-size=\d+$/)
    const { scripts } = JSON.parse(
      await readFile(join(launcherPath, '../../../../package.json'), 'utf8'),
    )
    expect(scripts.start).toBe(`node ${bound} packages/cli/bin/posthorn.js up`)
    const tell = 'data:text/javascript,process.stderr.write(process.execArgv.at(-1))'
    const { stderr } = await posthorn(['--version'], {
      nodeArgs: [...pretending('20.20.2'), bound],
      env: { NODE_OPTIONS: `--import ${tell}` },
    })
    expect(stderr).toBe(bound + bound)
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

  test('passes signals on, and ends as the Node that it goes on with ends', async () => {
    const args = ['up', '--json', '--store', 'memory', '--api-port', '0']
    await using node = start(args, { nodeArgs: pretending('20.20.2') })
    expect(JSON.parse(await node.nextLine())).toMatchObject({ event: 'ready' })
    node.process.kill('SIGTERM')
    const { exitCode, stderr } = await node.finished
    expect(exitCode).toBe(0)
    expect(stderr).toContain('"event":"stopped"')
  })
})
