import { wipe } from '@posthorn/bytes'
import { type KeyVault, ownerText } from './key-vault.ts'

/** A vault that is gone with the process, for tests and for programs that open many clients of an account. */
export function createMemoryVault(): KeyVault {
  const kept = new Map<string, Uint8Array>()

  function forget(name: string): void {
    const bytes = kept.get(name)
    if (bytes !== undefined) wipe(bytes)
    kept.delete(name)
  }

  return {
    load: async (owner) => kept.get(ownerText(owner))?.slice(),
    save: async (owner, bytes) => {
      forget(ownerText(owner))
      kept.set(ownerText(owner), bytes.slice())
    },
    remove: async (owner) => forget(ownerText(owner)),
  }
}
