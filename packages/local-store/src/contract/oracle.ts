// A local store so plain that it is right by reading: lists, searched from end to end.

import type { LocalConsentState, LocalMessage } from '../records.ts'
import { conversation } from './fixtures.ts'

/** What the store must answer. */
export class LocalOracle {
  readonly messages: Map<string, LocalMessage> = new Map()
  readonly readNs: Map<string, bigint> = new Map()
  readonly topics: Set<string> = new Set()
  readonly consents: Map<string, LocalConsentState> = new Map()

  add(number: number): void {
    this.topics.add(conversation(number).topic)
  }

  put(message: LocalMessage): void {
    const known = this.messages.get(message.id)
    if (known === undefined || (known.undecodable !== undefined && !message.undecodable)) {
      this.messages.set(message.id, message)
    }
  }

  mark(topic: string, readNs: bigint): void {
    const before = this.readNs.get(topic)
    if (before === undefined || readNs > before) this.readNs.set(topic, readNs)
  }

  unread(topic: string): number {
    const readNs = this.readNs.get(topic) ?? -1n
    return this.of(topic).filter(
      (each) => !each.isOwn && each.isQuiet !== true && each.sentNs > readNs,
    ).length
  }

  /** Newest time among the messages that are not quiet. */
  lastNs(topic: string): bigint | undefined {
    return this.of(topic)
      .filter((each) => each.isQuiet !== true)
      .map((each) => each.sentNs)
      .reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined)
  }

  of(topic: string): LocalMessage[] {
    return [...this.messages.values()].filter((each) => each.topic === topic)
  }

  remove(topic: string): void {
    for (const { id } of this.of(topic)) this.messages.delete(id)
    this.topics.delete(topic)
    this.readNs.delete(topic)
  }
}
