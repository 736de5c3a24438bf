import type { DeclareCommand } from '../command.ts'
import { isEncrypted, readKeyFile } from '../key-file.ts'

/** `posthorn whoami`: prints the address of the key, without a node and without a passphrase. */
export const declareWhoami: DeclareCommand = (command, run) => {
  command.action(() =>
    run(async ({ keyPath, output }) => {
      const file = await readKeyFile(keyPath)
      output.result(
        { address: file.address, keyPath, isEncrypted: isEncrypted(file) },
        file.address,
      )
      return undefined
    }),
  )
}
