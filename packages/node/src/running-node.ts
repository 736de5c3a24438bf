import type { NodeConfig } from './config.ts'
import type { ReloadReport } from './reload.ts'

/** A node that serves until it is disposed of; disposal drains it. */
export type RunningNode = AsyncDisposable & {
  /** `http://host:port` of every API port. */
  readonly apiUrls: readonly string[]
  /** `http://host:port` of the admin API; undefined when it is off. */
  readonly adminUrl: string | undefined
  readonly config: NodeConfig
  /**
   * Reads the configuration again and applies what may change while the node runs.
   *
   * @throws UsageError as reading the configuration does; nothing changes then
   */
  reload(): Promise<ReloadReport>
  /** Stops without finishing anything; the store still closes properly. */
  kill(): Promise<void>
}
