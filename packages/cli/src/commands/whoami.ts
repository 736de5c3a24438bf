import type { DeclareCommand } from '../command.ts'
import { readKeyFile } from '../key-file.ts'

/** `posthorn whoami`: prints the address of the key, without a node and without a passphrase. */
export const declareWhoami: DeclareCommand = (command, run) => {
  command.action(() =>
    run(async ({ keyPath, output }) => {
      const file = await readKeyFile(keyPath)
      const isEncrypted = 'sealed' in file
      output.result({ address: file.address, keyPath, isEncrypted }, file.address)
      return undefined
    }),
  )
}
