// The flags of `posthorn up`, made from the node's own description of its settings.

import { type ConfigName, configOptions } from '@posthorn/node'
import { type Command, Option } from 'commander'

const names = Object.keys(configOptions) as readonly ConfigName[]

/** Gives a command one flag for each setting of a node. */
export function addNodeFlags(command: Command): void {
  for (const name of names) command.addOption(optionOf(name))
}

/** The values of the flags that were given, by the names of the settings. */
export function nodeFlagsOf(command: Command): Readonly<Record<string, unknown>> {
  const values = command.opts<Record<string, unknown>>()
  return Object.fromEntries(names.map((name) => [name, values[optionOf(name).attributeName()]]))
}

function optionOf(name: ConfigName): Option {
  const { shape, description, default: fallback } = configOptions[name]
  const shown = String(fallback)
  const text = shown === '' ? description : `${description} (default ${shown})`
  return new Option(`--${name} <${shape.toLowerCase()}>`, text)
}
