// Read marks on the network: a private log of the account. An entry is JSON, [[topic, nanoseconds as digits], …];
// for each topic the latest time counts, so entries may come in any order and more than once.

import { fromUtf8, toUtf8 } from '@posthorn/bytes'
import { maxTimestampNs } from '@posthorn/envelope'
import { ProtocolError, UsageError } from '@posthorn/errors'
import type { ReadMark } from '@posthorn/local-store'
import type { Keystore } from '@posthorn/protocol-v2'

/** Name of the private log. */
const logName = 'read-marks'
/** Most marks in one entry, which has to fit a message: topics have at most 300 bytes. */
export const maxMarksPerEntry = 1_000

/** The topic of an account's read marks. */
export function readMarkTopic(keystore: Keystore): Promise<string> {
  return keystore.privateLogTopic(logName)
}

/** Seals an entry of at most {@link maxMarksPerEntry} marks. */
export function sealReadMarks(keystore: Keystore, marks: readonly ReadMark[]): Promise<Uint8Array> {
  const entry = marks.map(({ topic, readNs }) => [topic, String(readNs)])
  return keystore.sealPrivateEntry(logName, toUtf8(JSON.stringify(entry)))
}

/** The marks of an entry; none when it is junk, which anybody can file. */
export async function openReadMarks(
  keystore: Keystore,
  bytes: Uint8Array,
): Promise<readonly ReadMark[]> {
  try {
    return marksIn(JSON.parse(fromUtf8(await keystore.openPrivateEntry(logName, bytes))))
  } catch (error) {
    if (error instanceof UsageError) throw error
    if (error instanceof ProtocolError || error instanceof SyntaxError) return []
    throw error
  }
}

function marksIn(entry: unknown): ReadMark[] {
  if (!Array.isArray(entry)) return []
  return entry.flatMap((each: unknown) => {
    if (!Array.isArray(each)) return []
    const [topic, digits] = each as readonly unknown[]
    if (typeof topic !== 'string' || typeof digits !== 'string') return []
    if (!/^\d{1,20}$/.test(digits)) return []
    const readNs = BigInt(digits)
    return readNs > maxTimestampNs ? [] : [{ topic, readNs }]
  })
}
