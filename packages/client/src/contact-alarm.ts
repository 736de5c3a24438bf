import { equalPublicKeys, type PublicKeyBundle } from '@posthorn/identity'
import type { OwnKeyAlarm } from './key-alarm.ts'

/** What is wrong with the contact that an account is found by, given its own keys; undefined when nothing is. */
export function contactAlarm(
  found: PublicKeyBundle,
  own: PublicKeyBundle,
): OwnKeyAlarm['kind'] | undefined {
  if (!equalPublicKeys(found.identityKey, own.identityKey)) return 'contact-replaced'
  return found.preKey.createdNs > own.preKey.createdNs ? 'contact-newer' : undefined
}
