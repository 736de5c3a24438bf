// Colours, or none: people who asked for none, pipes and JSON get plain text.

import { styleText } from 'node:util'

/** Paints texts for one stream. */
export type Style = {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly good: (text: string) => string
  readonly careful: (text: string) => string
  readonly bad: (text: string) => string
  readonly accent: (text: string) => string
}

/** Whose wishes decide whether a stream is coloured. */
export type StyleWishes = {
  readonly stream: { readonly isTTY?: boolean | undefined }
  readonly env: Readonly<Record<string, string | undefined>>
  /** False for `--no-color` and for JSON. */
  readonly isColorWanted: boolean
}

/** The style for a stream; see https://no-color.org and FORCE_COLOR. */
export function createStyle({ stream, env, isColorWanted }: StyleWishes): Style {
  const isForced = isSet(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== '0'
  const isRefused = !isColorWanted || isSet(env['NO_COLOR']) || env['TERM'] === 'dumb'
  const isColored = !isRefused && (isForced || stream.isTTY === true)
  const paint =
    (format: Parameters<typeof styleText>[0]) =>
    (text: string): string =>
      isColored ? styleText(format, text, { validateStream: false }) : text
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    careful: paint('yellow'),
    bad: paint('red'),
    accent: paint('cyan'),
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}
