import { readFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { resolve } from 'node:path'
import { isatty } from 'node:tty'
import { StorageError, UsageError } from '@posthorn/errors'
import {
  createLogger,
  installSignalHandlers,
  type Logger,
  type NodeConfig,
  parseConfig,
  type RunningNode,
  readyLine,
  startNode,
} from '@posthorn/node'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../failure.ts'
import { addNodeFlags, nodeFlagsOf } from '../node-flags.ts'
import { processSignals } from '../signal-source.ts'

/** `posthorn up`: runs a node until it is told to stop. */
export const declareUp: DeclareCommand = (command, run) => {
  command.option('--config <file>', 'JSON file with settings by the names of the flags')
  addNodeFlags(command)
  command
    .addHelpText(
      'after',
      '\nEvery flag is also an environment variable: --api-port, POSTHORN_API_PORT.',
    )
    .action((options: { readonly config?: string }) =>
      run(async (context) => {
        const json = context.output.isJson ? { log: 'json' } : {}
        const flags = { ...nodeFlagsOf(command), ...json }
        const readConfig = (): NodeConfig => {
          const file = options.config === undefined ? {} : readSettings(options.config)
          return parseConfig({ flags, env: process.env, file })
        }
        return up(context, readConfig)
      }),
    )
}

async function up(context: Context, readConfig: () => NodeConfig): Promise<number> {
  const { output } = context
  const config = readConfig()
  const isJson = config.log === 'json'
  const log = createLogger({ format: config.log, level: config['log-level'], write: output.log })
  const node = await startNode(config, { readConfig, log: isJson ? log : withoutReady(log) })
  const stopped = installSignalHandlers(node, {
    source: processSignals,
    exitNow: () => process.exit(exitCodes.interrupted),
    // A terminal that closes ends what runs in it.
    isReloadable: !isatty(0),
  })
  const line = readyLine(node)
  output.result(JSON.parse(line), isJson ? line : readyText(node, context))
  // A node seldom ends in a way that would write the cache of compiled code.
  flushCompileCache()
  await stopped
  return exitCodes.ok
}

// People are told in better words that the node is ready.
function withoutReady(log: Logger): Logger {
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => {
      if (fields['event'] !== 'ready') log.info(fields, message)
    },
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    setLevel: (level) => log.setLevel?.(level),
  }
}

function readyText({ apiUrls, config }: RunningNode, { output, program }: Context): string {
  const { bold, dim, accent, good } = output.style
  const [url = '', ...others] = apiUrls
  const alsoPorts = others.map((other) => new URL(other).port).join(', ')
  const also = alsoPorts === '' ? '' : dim(`  and ports ${alsoPorts}`)
  const isLocal = ['127.0.0.1', 'localhost', '::1'].includes(config.host)
  const at =
    url === 'http://127.0.0.1:5555' || url === 'http://localhost:5555' ? '' : ` --url ${url}`
  const tries = [
    [`${program} demo`, 'watch two wallets talk'],
    [`${program} init`, 'make a key'],
    [`${program} stream${at}`, 'wait for messages'],
    [`${program} send${at} <address> <text>`, 'write to somebody'],
  ] as const
  const width = Math.max(...tries.map(([words]) => words.length))
  return [
    `${good('●')} ${bold('Your node is ready.')}`,
    '',
    `  API       ${accent(url)}${also}`,
    `  Messages  ${keptIn(config)}`,
    `  Reach     ${isLocal ? 'this machine only; --host 0.0.0.0 opens it to others' : config.host}`,
    '',
    '  In another terminal:',
    ...tries.map(([words, why]) => `    ${words.padEnd(width)}  ${dim(why)}`),
    '',
    `  ${dim('Ctrl-C stops it.')}`,
  ].join('\n')
}

function keptIn(config: NodeConfig): string {
  switch (config.store) {
    case 'memory':
      return 'memory only, gone when it stops'
    case 'sqlite':
      return resolve(config.data)
    case 'postgres': {
      const { host, pathname } = new URL(config['database-url'])
      return `PostgreSQL at ${host}${pathname}`
    }
  }
}

function readSettings(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new StorageError('cli/cannot-read-file', `Read settings: ${path} cannot be read`, {
      cause,
    })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError('cli/bad-settings', `Read settings: ${path} is not JSON`, { cause })
  }
}
