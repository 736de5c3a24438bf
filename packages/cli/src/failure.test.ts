import { NotFoundError, TransportError, UsageError, ValidationError } from '@posthorn/errors'
import { describe, expect, test } from 'vitest'
import { failureDocument, failureOf, failureText } from './failure.ts'
import { createStyle } from './style.ts'

const facts = { program: 'posthorn', url: 'http://node.example', keyPath: '/home/key.json' }
const plain = createStyle({ stream: {}, env: {}, isColorWanted: false })

describe('failureOf', () => {
  test('default: keeps code and message, and adds what to do', () => {
    const failure = failureOf(new TransportError('transport/unavailable', 'Query: refused'), facts)
    expect(failure).toMatchObject({ code: 'transport/unavailable', exitCode: 1 })
    expect(failure.hint).toContain('http://node.example')
    expect(failure.hint).toContain('posthorn up')
  })

  test.each([
    [new UsageError('cli/bad-time', 'Read time: no'), 2],
    [new ValidationError('identity/bad-address', 'Read address: no'), 2],
    [new UsageError('config/bad-value', 'Read setting: no'), 2],
    [new UsageError('cli/cancelled', 'Ask: cancelled'), 130],
    [new NotFoundError('cli/no-key', 'Read key file: none'), 1],
    [new UsageError('client/closed', 'Send: closed'), 1],
    [new RangeError('a bug'), 1],
  ])('%s ends with exit code %i', (error, exitCode) => {
    expect(failureOf(error, facts).exitCode).toBe(exitCode)
  })
})

describe('failure', () => {
  const failure = failureOf(new NotFoundError('cli/no-key', 'Read key file: \u001b[2J'), facts)

  test('reads as an error and a hint', () => {
    expect(failureText(failure, plain)).toBe(
      'error Read key file: ␛[2J [cli/no-key]\nhint  make one with: posthorn init',
    )
  })

  test('is a document of code, message and hint', () => {
    expect(failureDocument(failure)).toEqual({
      error: {
        code: 'cli/no-key',
        message: 'Read key file: \u001b[2J',
        hint: 'make one with: posthorn init',
      },
    })
  })
})
