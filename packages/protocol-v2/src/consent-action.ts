// One entry of the consent log: some accounts, groups or inboxes are allowed, or denied.

import { CodecError } from '@posthorn/errors'
import { decode, encode, PrivatePreferencesAction } from '@posthorn/wire'

/** What the account has said of an entry. */
export type ConsentDecision = 'allowed' | 'denied'

/** What is allowed or denied. */
export type ConsentSubject = 'address' | 'groupId' | 'inboxId'

/** A decision on one or more entries of one kind. */
export type ConsentAction = {
  readonly decision: ConsentDecision
  readonly subject: ConsentSubject
  /** Addresses in EIP-55 form when we write them; other clients write either case. */
  readonly values: readonly string[]
}

/** The bytes of an action; not sealed. */
export function encodeConsentAction(action: ConsentAction): Uint8Array {
  return encode(PrivatePreferencesAction, { messageType: toWire(action) })
}

/**
 * An action of its bytes.
 *
 * @throws CodecError `consent/unknown-action`, `wire/malformed`
 */
export function decodeConsentAction(bytes: Uint8Array): ConsentAction {
  const { messageType } = decode(PrivatePreferencesAction, bytes, 'PrivatePreferencesAction')
  switch (messageType?.$case) {
    case 'allowAddress':
    case 'denyAddress':
      return actionOf(messageType.$case, 'address', messageType.value.walletAddresses)
    case 'allowGroup':
    case 'denyGroup':
      return actionOf(messageType.$case, 'groupId', messageType.value.groupIds)
    case 'allowInboxId':
    case 'denyInboxId':
      return actionOf(messageType.$case, 'inboxId', messageType.value.inboxIds)
    default:
      throw new CodecError(
        'consent/unknown-action',
        'Read consent action: found none that is known, wanted one of address, group or inbox',
      )
  }
}

function actionOf(
  arm: `allow${string}` | `deny${string}`,
  subject: ConsentSubject,
  values: readonly string[],
): ConsentAction {
  return { decision: arm.startsWith('allow') ? 'allowed' : 'denied', subject, values }
}

function toWire(action: ConsentAction): PrivatePreferencesAction['messageType'] {
  const isAllowed = action.decision === 'allowed'
  const values = [...action.values]
  switch (action.subject) {
    case 'address': {
      const value = { walletAddresses: values }
      return isAllowed ? { $case: 'allowAddress', value } : { $case: 'denyAddress', value }
    }
    case 'groupId': {
      const value = { groupIds: values }
      return isAllowed ? { $case: 'allowGroup', value } : { $case: 'denyGroup', value }
    }
    case 'inboxId': {
      const value = { inboxIds: values }
      return isAllowed ? { $case: 'allowInboxId', value } : { $case: 'denyInboxId', value }
    }
  }
}
