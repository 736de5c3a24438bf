// Topics that are closed. The id of a closable topic is the SHA-256 of a secret that only the accounts of its
// conversation know; whoever publishes the secret closes the topic, for everybody and for good. The node learns
// nothing else: neither who the accounts are, nor which of them it was.

import { createHash } from 'node:crypto'
import { closableTopicId, closingTopic, closingTopicId, type Envelope } from '@posthorn/envelope'
import { AdmissionError, ValidationError } from '@posthorn/errors'
import type { EnvelopeStore } from '@posthorn/store'

/** Guards closable topics. */
export type ClosedTopics = {
  /**
   * Refuses envelopes for topics that are closed, and closings without the topic's secret. What was acknowledged
   * before it is called counts.
   *
   * @throws AdmissionError `topic/closed`; ValidationError `topic/not-its-secret`; StorageError
   */
  check(envelopes: readonly Envelope[]): Promise<void>
}

const secretBytes = 32

/** Creates the guard; topics that cannot be closed cost it nothing. */
export function createClosedTopics(store: Pick<EnvelopeStore, 'range'>): ClosedTopics {
  return {
    check: async (envelopes) => {
      const ids = new Set<string>()
      for (const { contentTopic, message } of envelopes) {
        const closing = closingTopicId(contentTopic)
        if (closing !== undefined && !isSecretOf(closing, message)) throw notItsSecret()
        const closable = closableTopicId(contentTopic)
        if (closable !== undefined) ids.add(closable)
      }
      if (ids.size === 0) return
      const topics = [...ids].map(closingTopic)
      const [closing] = await store.range({ topics, direction: 'descending', limit: 1 })
      if (closing !== undefined) throw closed()
    },
  }
}

function isSecretOf(id: string, message: Uint8Array): boolean {
  return message.length === secretBytes && createHash('sha256').update(message).digest('hex') === id
}

function closed(): AdmissionError {
  return new AdmissionError(
    'topic/closed',
    'Publish: an account of the conversation has closed its topic for good; begin another conversation if it wants one',
  )
}

function notItsSecret(): ValidationError {
  return new ValidationError(
    'topic/not-its-secret',
    `Close topic: found other bytes, wanted the ${secretBytes} whose SHA-256 the topic is named by`,
  )
}
