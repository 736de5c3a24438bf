// Hermes, the engine of React Native: its stand-alone virtual machine runs the program, and the compiler of a
// current React Native must take it, too.

import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { bundle, bundleFolder } from '../bundle.ts'
import type { Outcome, Platform } from '../platform.ts'
import type { Report, Result } from '../programs/report.ts'
import { ensureRuntime, type Installed, output } from '../runtimes.ts'
import type { World } from '../world.ts'

const folders: Readonly<Record<string, string>> = {
  'linux-x64': 'linux64-bin',
  'darwin-x64': 'osx-bin',
  'darwin-arm64': 'osx-bin',
}
// The machine has no source of randomness; what the program draws comes along with it.
const randomLengthBytes = 65_536

/** Hermes. */
export const hermes: Platform = {
  name: 'hermes',
  run: async (world) => {
    const folder = folders[`${process.platform}-${process.arch}`]
    if (folder === undefined) return { kind: 'skipped', reason: 'no build for this machine' }
    const machine = `hermes-engine-cli/${folder}/hermes`
    const runtime = ensureRuntime('hermes', machine)
    if (runtime.kind === 'missing') return { kind: 'skipped', reason: runtime.reason }
    return runHermes(
      runtime,
      { machine, compiler: `hermes-compiler/hermesc/${folder}/hermesc` },
      world,
    )
  },
}

type Programs = { readonly machine: string; readonly compiler: string }

async function runHermes(
  { path }: Extract<Installed, { kind: 'installed' }>,
  { machine, compiler }: Programs,
  world: World,
): Promise<Outcome> {
  const bundled = await bundle(source(world.vectors), 'react-native')
  const script = join(bundleFolder, 'hermes.js')
  mkdirSync(bundleFolder, { recursive: true })
  writeFileSync(script, lowered(bundled, path))
  const compiled = await compile(path(compiler), script)
  const version = /release version: (\S+)/.exec(await output(path(machine), ['--version']))?.[1]
  const args = ['-O', '-Xes6-promise', '-Xmicrotask-queue', script]
  const lines = (await output(path(machine), args)).trim().split('\n')
  const report = JSON.parse(lines.at(-1) ?? '') as Report
  const results = [compiled, ...report.results]
  return { kind: 'ran', version: version ?? '', report: { ...report, results } }
}

function source(vectors: readonly string[]): string {
  return `
    import './programs/hermes-machine.ts'
    import '@posthorn/react-native/install'
    import { fromHex } from '@posthorn/bytes'
    import { runReactNative } from './programs/react-native.ts'
    const random = fromHex('${randomBytes(randomLengthBytes).toString('hex')}')
    let drawn = 0
    const getRandomValues = (bytes) => {
      if (drawn + bytes.length > random.length) throw new RangeError('no randomness is left')
      bytes.set(random.subarray(drawn, (drawn += bytes.length)))
    }
    runReactNative({ vectors: ${JSON.stringify(vectors)}, getRandomValues }).then(
      (report) => print(JSON.stringify(report)),
      (error) => print(JSON.stringify({ results: [{ name: 'the program runs', failure: String(error) }], backends: [] })),
    )
  `
}

/** The part of Babel that is used. */
type Babel = {
  transformSync(code: string, options: object): { readonly code?: string | null } | null
}

// To what the machine knows, which is older than the engine of any current React Native: neither classes nor
// block scopes. Powers stay, because the older way to write them does not take big integers.
function lowered(code: string, path: (file: string) => string): string {
  const require = createRequire(path('x'))
  const babel = require('@babel/core') as Babel
  const presets = [
    [
      require.resolve('@babel/preset-env'),
      { targets: { ie: '11' }, exclude: ['transform-exponentiation-operator'] },
    ],
  ]
  const options = {
    presets,
    babelrc: false,
    configFile: false,
    compact: true,
    sourceType: 'script',
  }
  return babel.transformSync(code, options)?.code ?? ''
}

// The compiler is that of React Native 0.88; of its engine npm has no stand-alone machine.
async function compile(compiler: string, script: string): Promise<Result> {
  const name = 'the compiler of React Native 0.88 takes the program'
  try {
    await output(compiler, ['-w', '-emit-binary', '-out', `${script}.hbc`, script])
    return { name, failure: undefined }
  } catch (error) {
    return { name, failure: String(error) }
  }
}
