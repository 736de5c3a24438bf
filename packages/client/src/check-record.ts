// Whether the keys on the network are still those that were last seen there.

import { equalBytes } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import type { Envelope } from '@posthorn/envelope'
import type { KnownRecord } from '@posthorn/keystore'
import type { OwnKeyAlarm } from './key-alarm.ts'

/** What tells a record from others. */
export function knownRecord({ hash }: Pick<Crypto, 'hash'>, record: Envelope): KnownRecord {
  return { timestampNs: record.timestampNs, digest: hash.sha256(record.message) }
}

/** What is wrong with the newest record, given the one that was known; undefined when nothing is. */
export function checkRecord(
  known: KnownRecord | undefined,
  newest: KnownRecord | undefined,
): OwnKeyAlarm['kind'] | undefined {
  if (newest === undefined) return known === undefined ? undefined : 'record-missing'
  if (known === undefined) return 'record-replaced'
  if (equalBytes(known.digest, newest.digest)) return undefined
  return newest.timestampNs > known.timestampNs ? 'record-replaced' : 'record-rolled-back'
}
