import type { Envelope } from '@posthorn/envelope'

/** What a node answered about a topic. */
export type NodeAnswer = {
  readonly node: string
  readonly envelopes: readonly Envelope[]
}

/**
 * Some topics are too important to believe one node. About these two nodes are asked, and whoever understands
 * them decides what the answer is.
 */
export type SecondOpinion = {
  isWanted(topic: string): boolean
  /** The rows to answer with; `answers` has one entry when no second node answered. May throw. */
  judge(topic: string, answers: readonly NodeAnswer[]): readonly Envelope[]
}
