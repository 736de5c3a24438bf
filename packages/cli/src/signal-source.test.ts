import { EventEmitter } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import { withoutEchoes } from './signal-source.ts'

describe('withoutEchoes', () => {
  test('default: lets through what a person meant, once each', () => {
    const process = new EventEmitter()
    let nowMs = 1_000
    const listener = vi.fn()
    const source = withoutEchoes(process, () => nowMs)
    source.on('SIGINT', listener)
    process.emit('SIGINT')
    nowMs += 100
    process.emit('SIGINT')
    expect(listener).toHaveBeenCalledTimes(1)
    nowMs += 200
    process.emit('SIGINT')
    expect(listener).toHaveBeenCalledTimes(2)
  })

  test('behavior: stops when told to', () => {
    const process = new EventEmitter()
    const listener = vi.fn()
    const source = withoutEchoes(process, () => 1_000)
    source.on('SIGINT', listener)
    source.off('SIGINT', listener)
    expect(process.listenerCount('SIGINT')).toBe(0)
  })
})
