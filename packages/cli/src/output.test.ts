import { describe, expect, test } from 'vitest'
import { createOutput, type Output, type OutputOptions } from './output.ts'

type Recorded = { readonly output: Output; readonly out: string[]; readonly err: string[] }

function record(
  options: Partial<OutputOptions> & { readonly isTerminal?: boolean } = {},
): Recorded {
  const out: string[] = []
  const err: string[] = []
  const isTTY = options.isTerminal === true
  const output = createOutput({
    stdout: { isTTY, write: (text) => out.push(text) },
    stderr: { isTTY, write: (text) => err.push(text) },
    env: {},
    isJson: false,
    isQuiet: false,
    isColorWanted: false,
    ...options,
  })
  return { output, out, err }
}

describe('createOutput', () => {
  test('default: prints the text of a result, and nothing for people into a pipe', async () => {
    const { output, out, err } = record()
    output.result({ a: 1 }, 'one')
    output.result({ a: 2 }, '')
    output.note('by the way')
    await output.waiting('Waiting', Promise.resolve())
    expect([out, err]).toEqual([['one\n'], []])
  })

  test('behavior: prints documents and failures as lines of JSON when asked', () => {
    const { output, out, err } = record({ isJson: true, isTerminal: true })
    output.result({ a: 1n }, 'one')
    output.failure({ error: {} }, () => 'broken')
    output.note('by the way')
    expect([out, err]).toEqual([['{"a":"1"}\n'], ['{"error":{}}\n']])
  })

  test('behavior: gives advice on a terminal unless it is to be quiet', () => {
    const talking = record({ isTerminal: true })
    talking.output.note('by the way')
    expect(talking.err).toEqual(['by the way\n'])
    const quiet = record({ isTerminal: true, isQuiet: true })
    quiet.output.note('by the way')
    expect(quiet.err).toEqual([])
  })

  test('waiting hands failures through', async () => {
    const { output } = record({ isTerminal: true })
    await expect(output.waiting('Waiting', Promise.reject(new RangeError('no')))).rejects.toThrow(
      RangeError,
    )
  })
})
