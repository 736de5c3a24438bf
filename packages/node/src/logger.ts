// The node's log: lines of JSON, or lines for people, on standard error.

import { pino } from 'pino'

/** Fields of a log line; never addresses, topics or payloads. */
export type LogFields = Readonly<Record<string, unknown>>

/** Where a program writes its log. */
export type Logger = {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  /** Changes how much is logged; a log without it stays as it is. */
  setLevel?(level: LogLevel): void
}

/** Levels, the quietest last. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const

/** How much is logged. */
export type LogLevel = (typeof logLevels)[number]

/** Settings of a log. */
export type LoggerOptions = {
  readonly format: 'pretty' | 'json'
  readonly level: LogLevel
  /** Takes whole lines. */
  readonly write: (line: string) => void
}

/** Creates a log. */
export function createLogger({ format, level, write }: LoggerOptions): Logger {
  const stream = { write: format === 'json' ? write : (line: string) => write(prettyLine(line)) }
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err },
  }
  const log = pino(options, stream)
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    setLevel: (next) => {
      log.level = next
    },
  }
}

/** A log that writes nothing. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
}

const hiddenFields = new Set(['level', 'time', 'msg', 'event', 'error'])

function prettyLine(line: string): string {
  const fields: Readonly<Record<string, unknown>> = JSON.parse(line)
  const time = String(fields['time']).slice(11, 23)
  const level = String(fields['level']).toUpperCase().padEnd(5)
  const rest = Object.entries(fields)
    .filter(([name]) => !hiddenFields.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return `${time} ${level} ${fields['msg']}${rest.join('')}${stackOf(fields['error'])}\n`
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return ''
  return `\n  ${String(error.stack).replaceAll('\n', '\n  ')}`
}
