import { loadCrypto } from '@posthorn/crypto'
import type { Check } from './check.ts'

/** Looks at the Node that runs this. The launcher has refused those that are too old. */
export function checkNodeVersion(): Check {
  return { name: 'node version', status: 'ok', found: `${process.version} (${process.execPath})` }
}

/** Looks at which implementation of the cryptography is in use, and why. */
export async function checkCrypto(): Promise<Check> {
  const { name, detail } = await loadCrypto()
  const found = `${name}: ${detail}`
  if (!detail.includes('@noble')) return { name: 'crypto', status: 'ok', found }
  return {
    name: 'crypto',
    status: 'warn',
    found,
    advice: 'all works, some ten times slower; npm install secp256k1 brings the native code',
  }
}
