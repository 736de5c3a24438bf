// How a command joins the program.

import type { Command } from 'commander'
import type { Context } from './context.ts'

/** Does the work of a command; resolves to the exit code when that is not 0. */
export type CommandWork = (context: Context) => Promise<number | undefined>

/** Runs work in the context that the command line asks for. */
export type RunCommand = (work: CommandWork) => Promise<void>

/** Gives a command its arguments, its options and its action. */
export type DeclareCommand = (command: Command, run: RunCommand) => void

/** A command before it is chosen. */
export type CommandEntry = {
  readonly name: string
  readonly summary: string
  /** Loads only what the command needs, so that others do not pay for it. */
  readonly load: () => Promise<DeclareCommand>
}
