// The gate: everything that must hold before a change is merged, in one command.
//   npm run verify [-- --only NAME]… [--skip NAME]… [--fast] [--list]
// All steps run even when one fails, so that one run shows everything there is to repair.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

type Step = {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** Left out by --fast: it takes long, or matters rarely. */
  readonly isSlow?: boolean
}

type Outcome = { readonly step: Step; readonly isOk: boolean; readonly seconds: string }

const steps: readonly Step[] = [
  { name: 'biome', command: ['biome', 'check', '.'] },
  { name: 'guards', command: ['node', 'scripts/guards.ts'] },
  { name: 'dead-code', command: ['knip', '--no-config-hints'] },
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'wire', command: ['node', 'scripts/generate-wire.ts', '--check'], isSlow: true },
  { name: 'tests', command: ['vitest', 'run'] },
  { name: 'vectors', command: ['node', 'conformance/vectors/run.ts', 'vectors/v2'] },
  { name: 'docs', command: ['node', 'scripts/check-docs.ts'], isSlow: true },
  { name: 'size', command: ['node', 'scripts/check-size.ts'], isSlow: true },
]

process.exitCode = await main()

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      skip: { type: 'string', multiple: true, default: [] },
      fast: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  })
  const unknown = [...(values.only ?? []), ...values.skip].filter((name) => !isStep(name))
  if (unknown.length > 0) {
    console.error(
      `No step named ${unknown.join(', ')}: ${steps.map((each) => each.name).join(', ')}`,
    )
    return 2
  }
  const chosen = steps.filter(
    ({ name, isSlow }) =>
      (values.only?.includes(name) ?? !(values.fast && isSlow)) && !values.skip.includes(name),
  )
  if (values.list) {
    for (const { name, command } of chosen) console.log(`${name.padEnd(10)} ${command.join(' ')}`)
    return 0
  }
  return summarize(await runAll(chosen))
}

function isStep(name: string): boolean {
  return steps.some((each) => each.name === name)
}

async function runAll(chosen: readonly Step[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [index, step] of chosen.entries()) {
    console.log(`\n[${index + 1}/${chosen.length}] ${step.name}: ${step.command.join(' ')}`)
    const start = performance.now()
    const isOk = await runStep(step)
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(
      `[${index + 1}/${chosen.length}] ${step.name} ${isOk ? 'ok' : 'FAILED'} ${seconds} s`,
    )
    outcomes.push({ step, isOk, seconds })
  }
  return outcomes
}

function runStep({ command: [program, ...args] }: Step): Promise<boolean> {
  const root = join(import.meta.dirname, '..')
  const path = `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`
  const child = spawn(program, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  })
  return new Promise((resolve) => {
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
  })
}

function summarize(outcomes: readonly Outcome[]): number {
  const failed = outcomes.filter((each) => !each.isOk)
  console.log('')
  for (const { step, isOk, seconds } of outcomes) {
    console.log(`${isOk ? 'ok    ' : 'FAILED'} ${step.name.padEnd(10)} ${seconds.padStart(6)} s`)
  }
  const passed = outcomes.length - failed.length
  console.log(`${passed} passed, ${failed.length} failed`)
  return failed.length === 0 && passed > 0 ? 0 : 1
}
