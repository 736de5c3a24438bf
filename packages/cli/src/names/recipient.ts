// Whom an argument means: an address as it is, or where a name leads.

import { loadCrypto } from '@posthorn/crypto'
import { NotFoundError } from '@posthorn/errors'
import { parseAddress } from '@posthorn/identity'
import type { FoundName } from '@posthorn/names'
import type { Context } from '../context.ts'
import { openNames } from './open-names.ts'

/** An account that somebody typed. */
export type Recipient = {
  /** In EIP-55 form. */
  readonly address: string
  /** The name that was typed, normalized; undefined for an address. */
  readonly name: string | undefined
}

/**
 * The account that an address or a name stands for.
 *
 * @throws ValidationError `identity/bad-address`, `identity/bad-address-checksum`; what `findName` throws
 */
export async function readRecipient(context: Context, text: string): Promise<Recipient> {
  if (isName(text)) return findName(context, text)
  return { address: parseAddress(await loadCrypto(), text), name: undefined }
}

/**
 * Where a name leads.
 *
 * @throws NotFoundError `cli/unknown-name`; what `openNames` and `Names.resolve` throw
 */
export async function findName(context: Context, name: string): Promise<FoundName> {
  const names = await openNames(context)
  const found = await context.output.waiting('Asking for the name', names.resolve(name))
  if (found !== undefined) return found
  throw new NotFoundError(
    'cli/unknown-name',
    'Resolve name: nobody has it, or it leads to no address',
  )
}

// No address has a dot, and every name has one.
function isName(text: string): boolean {
  return text.includes('.')
}
