import type { NodeConfig } from './config.ts'

/** A node that serves until it is disposed of; disposal drains it. */
export type RunningNode = AsyncDisposable & {
  /** `http://host:port` of every API port. */
  readonly apiUrls: readonly string[]
  readonly config: NodeConfig
  /** Stops without finishing anything; the store still closes properly. */
  kill(): Promise<void>
}
