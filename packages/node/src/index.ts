// A node: the server that keeps and delivers envelopes, and cannot read them.

export type { Clock, Timer } from './clock.ts'
export {
  type ConfigName,
  type ConfigOption,
  type ConfigSources,
  configOptions,
  type NodeConfig,
  parseConfig,
} from './config.ts'
export {
  createLogger,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  logLevels,
  silentLogger,
} from './logger.ts'
export { startNode } from './node.ts'
export type { NodePorts } from './ports.ts'
export { readyLine } from './ready-line.ts'
export type { RunningNode } from './running-node.ts'
export { installSignalHandlers, type SignalOptions } from './signals.ts'
export { systemClock } from './system-clock.ts'
