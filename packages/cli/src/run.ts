// One run of the command line, from arguments to exit code.

import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { commandTable } from './command-table.ts'
import { createContext, type GlobalOptions } from './context.ts'
import { exitCodes, type Failure, failureDocument, failureOf, failureText } from './failure.ts'
import { createProgram } from './program.ts'

/** Runs the command that the arguments name; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  // Threads and timers of stores keep no process alive, and a command must not end while it waits for one.
  const alive = setInterval(() => undefined, 2 ** 30)
  try {
    return await runCommand(args)
  } finally {
    clearInterval(alive)
  }
}

async function runCommand(args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.ok
  const program = createProgram({
    version: readVersion(),
    commands: commandTable,
    run: async (work) => {
      exitCode = (await work(createContext(program.opts<GlobalOptions>()))) ?? exitCodes.ok
    },
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(failureOfRun(error, args), args, error)
    if (error.exitCode === 0) return exitCodes.ok
    if (error.code !== 'commander.help') return report(usageFailure(error), args)
    process.stderr.write(program.helpInformation())
    return exitCodes.usage
  }
}

function failureOfRun(error: unknown, args: readonly string[]): Failure {
  return failureOf(error, createContext(optionsIn(args)))
}

function report(failure: Failure, args: readonly string[], error?: unknown): number {
  const { output } = createContext(optionsIn(args))
  output.failure(failureDocument(failure), (style) => failureText(failure, style))
  if (process.env['POSTHORN_DEBUG'] && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`)
  }
  return failure.exitCode
}

// Commander's words: `error: unknown command 'sned'`, then perhaps `(Did you mean send?)`.
function usageFailure(error: CommanderError): Failure {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n')
  const suggestion = rest.join(' ').replace(/^\((.*)\)$/, '$1')
  return {
    code: 'cli/usage',
    message: `Read command line: ${first}`,
    hint: suggestion === '' ? 'posthorn help lists the commands and options' : suggestion,
    exitCode: exitCodes.usage,
  }
}

// Errors must be told in the form asked for even when the command line as a whole makes no sense.
function optionsIn(args: readonly string[]): GlobalOptions {
  const end = args.indexOf('--')
  const flags = end === -1 ? args : args.slice(0, end)
  const valueAfter = (name: string): string | undefined => {
    const joined = flags.find((flag) => flag.startsWith(`${name}=`))
    const index = flags.indexOf(name)
    return joined?.slice(name.length + 1) ?? (index === -1 ? undefined : flags[index + 1])
  }
  return {
    url: valueAfter('--url'),
    home: valueAfter('--home'),
    json: flags.includes('--json'),
    quiet: flags.includes('--quiet'),
    color: !flags.includes('--no-color'),
  }
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { version }: { version: string } = JSON.parse(text)
  return version
}
