// The only place that writes: results on stdout, everything else on stderr.

import { toJson } from './printable.ts'
import { createStyle, type Style } from './style.ts'

/** A stream that output goes to. */
export type Sink = {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

/** How a run wants its output. */
export type OutputOptions = {
  readonly stdout: Sink
  readonly stderr: Sink
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isJson: boolean
  readonly isQuiet: boolean
  readonly isColorWanted: boolean
}

/** What commands write with. */
export type Output = {
  readonly isJson: boolean
  /** For text on stdout. */
  readonly style: Style
  /** One result: the document as a line of JSON, or else the text. An empty text prints nothing. */
  result(document: unknown, text: string): void
  /** Advice for people on stderr; nothing in JSON, in quiet runs and when stderr is not a terminal. */
  note(text: string): void
  /** A line of a log on stderr, with its line feed. */
  log(line: string): void
  /** A failure on stderr. */
  failure(document: unknown, text: (style: Style) => string): void
  /** Does the work; a person who waits longer than a moment is told for what. */
  waiting<T>(label: string, work: Promise<T>): Promise<T>
}

const patienceMs = 200
const eraseLine = '\r\u001b[2K'

/** Output of one run. */
export function createOutput(options: OutputOptions): Output {
  const { stdout, stderr, env, isJson } = options
  const isColorWanted = options.isColorWanted && !isJson
  const style = createStyle({ stream: stdout, env, isColorWanted })
  const noteStyle = createStyle({ stream: stderr, env, isColorWanted })
  const isTalking = stderr.isTTY === true && !isJson && !options.isQuiet

  return {
    isJson,
    style,
    result: (document, text) => {
      if (isJson) stdout.write(`${toJson(document)}\n`)
      else if (text !== '') stdout.write(`${text}\n`)
    },
    note: (text) => {
      if (isTalking) stderr.write(`${noteStyle.dim(text)}\n`)
    },
    log: (line) => {
      stderr.write(line)
    },
    failure: (document, text) => {
      stderr.write(isJson ? `${toJson(document)}\n` : `${text(noteStyle)}\n`)
    },
    waiting: async (label, work) => {
      if (!isTalking) return work
      let isShown = false
      const timer = setTimeout(() => {
        isShown = true
        stderr.write(noteStyle.dim(`${label} …`))
      }, patienceMs)
      try {
        return await work
      } finally {
        clearTimeout(timer)
        if (isShown) stderr.write(eraseLine)
      }
    },
  }
}
