// The command line: global options, and one command loaded when it is named.

import { Command } from 'commander'
import type { CommandEntry, RunCommand } from './command.ts'

/** What a program is made of. */
export type ProgramOptions = {
  readonly version: string
  readonly commands: readonly CommandEntry[]
  readonly run: RunCommand
}

const closing = `
Examples:
  posthorn up                              run a node on this machine
  posthorn init                            make a key in ~/.posthorn
  posthorn send 0x1234… "see you at nine"  send a message
  posthorn stream --json | jq .content     feed a script
  posthorn demo                            see it all work

Exit codes: 0 done, 1 failed or the answer is no, 2 wrong usage, 130 interrupted.
With --json each result is one line of JSON on stdout, and a failure is
{"error":{"code","message","hint"}} on stderr.`

/** The program. It throws CommanderError where others would exit, and leaves errors to its caller. */
export function createProgram({ version, commands, run }: ProgramOptions): Command {
  const program = new Command('posthorn')
    .description('Encrypted messages from wallet to wallet, and the nodes that carry them.')
    .version(version)
    .option('--url <url>', 'the node to use (env POSTHORN_URL; default http://localhost:5555)')
    .option('--home <folder>', 'where your key is (env POSTHORN_HOME; default ~/.posthorn)')
    .option(
      '--ethereum-url <url>',
      'whom to ask about names such as alice.eth (env POSTHORN_ETHEREUM_URL)',
    )
    .option('--json', 'print JSON, for scripts')
    .option('--quiet', 'print results and errors only')
    .option('--no-color', 'print without colours (env NO_COLOR)')
    .addHelpText('after', closing)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeErr: () => {} })
    .exitOverride()
    .helpCommand(false)
  const loaders = new Map(commands.map((entry) => [entry.name, entry.load]))
  const declare = async (command: Command): Promise<void> => {
    const load = loaders.get(command.name())
    if (load !== undefined) (await load())(command, run)
  }
  program.hook('preSubcommand', (_, command) => declare(command))
  for (const { name, summary } of commands) program.command(name).description(summary)
  addHelpCommand(program, declare)
  return program
}

// Commander's own would show a command that has not been loaded.
function addHelpCommand(program: Command, declare: (command: Command) => Promise<void>): void {
  program
    .command('help')
    .description('explain the program, or one command')
    .argument('[command]')
    .action(async (name: string | undefined) => {
      if (name === undefined) return program.outputHelp()
      const command = program.commands.find((candidate) => candidate.name() === name)
      if (command === undefined) return program.error(`error: unknown command '${name}'`)
      await declare(command)
      command.outputHelp()
    })
}
