// What an inbox says about the network, out of what its parts know.

import type { ProtocolError } from '@posthorn/errors'
import type { InboxState } from './inbox.ts'

/** Gathers what parts know, and tells the state that follows when it changes. */
export type NetworkStatus = {
  connected(): void
  /** The stream broke and is made anew. */
  disconnected(error: ProtocolError): void
  trouble(error: ProtocolError): void
  /** A query or a write went well. */
  success(): void
  /** So many topics are not read to their beginning. */
  left(topicsLeft: number): void
}

/** Creates the status of one session. */
export function createNetworkStatus(onState: (state: InboxState) => void): NetworkStatus {
  let isConnected = false
  let topicsLeft = 0
  let streamError: ProtocolError | undefined
  let callError: ProtocolError | undefined

  function tell(): void {
    const error = streamError ?? callError
    if (error !== undefined) onState({ kind: 'offline', error })
    else if (!isConnected) onState({ kind: 'connecting' })
    else onState(topicsLeft > 0 ? { kind: 'catching-up', topicsLeft } : { kind: 'live' })
  }

  return {
    connected: () => {
      isConnected = true
      streamError = undefined
      tell()
    },
    disconnected: (error) => {
      isConnected = false
      streamError = error
      tell()
    },
    trouble: (error) => {
      callError = error
      tell()
    },
    success: () => {
      if (callError === undefined) return
      callError = undefined
      tell()
    },
    left: (count) => {
      topicsLeft = count
      tell()
    },
  }
}
