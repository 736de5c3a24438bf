import { expect, test } from 'vitest'
import { createTurnstile } from './turnstile.ts'

// Turns are taken by hand.
function turnstile() {
  let next: (() => void) | undefined
  const { enter } = createTurnstile((callback) => {
    next = callback
  }, 64)
  const begun: string[] = []
  return {
    begun,
    enter: (connection: object, name: string) => enter(connection, () => void begun.push(name)),
    turn: () => {
      const due = next
      next = undefined
      due?.()
      return due !== undefined
    },
  }
}

function enterMany(
  { enter }: ReturnType<typeof turnstile>,
  connection: object,
  name: string,
  count: number,
) {
  for (let n = 0; n < count; n++) enter(connection, name)
}

test('turnstile begins at once what is little', () => {
  const stile = turnstile()
  enterMany(stile, {}, 'a', 64)
  expect(stile.begun).toHaveLength(64)
})

test('turnstile spreads what is much over turns', () => {
  const stile = turnstile()
  enterMany(stile, {}, 'a', 200)
  const counts = [stile.begun.length]
  while (stile.turn()) counts.push(stile.begun.length)
  expect(counts).toEqual([64, 128, 192, 200, 200])
})

test('turnstile lets a connection in that has one request, however many another has', () => {
  const stile = turnstile()
  enterMany(stile, {}, 'many', 1_000)
  stile.enter({}, 'one')
  stile.turn()
  expect(stile.begun).toContain('one')
})

test('turnstile keeps the order of a connection', () => {
  const stile = turnstile()
  const connection = {}
  const names = Array.from({ length: 300 }, (_, n) => `${n}`)
  for (const name of names) stile.enter(connection, name)
  while (stile.turn());
  expect(stile.begun).toEqual(names)
})
