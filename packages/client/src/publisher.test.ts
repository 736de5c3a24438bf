import type { Envelope } from '@posthorn/envelope'
import { VerificationError } from '@posthorn/errors'
import { createMemoryNetwork, type Transport } from '@posthorn/transport'
import { expect, test } from 'vitest'
import { createPublisher, type Publisher } from './publisher.ts'

const envelope: Envelope = { contentTopic: 't', timestampNs: 1n, message: new Uint8Array(1) }

type World = {
  readonly publisher: Publisher
  readonly used: (string | undefined)[]
  nowMs: number
  /** The node refuses tokens made before this time. */
  refusedBeforeMs: number
}

function createWorld(): World {
  const used: (string | undefined)[] = []
  const transport: Transport = {
    ...createMemoryNetwork({ sha256: (data) => data }).connect(),
    publish: async (_envelopes, options) => {
      used.push(options?.authorization)
      if (Number(options?.authorization) < world.refusedBeforeMs) {
        throw new VerificationError('transport/unauthenticated', 'Publish: token expired')
      }
    },
  }
  const clock = { nowMs: () => world.nowMs, sleep: async () => undefined }
  const createAuthorization = async (atMs: number): Promise<string> => String(atMs)
  const publisher = createPublisher({ transport, clock, createAuthorization })
  const world: World = { publisher, used, nowMs: 1000, refusedBeforeMs: 0 }
  return world
}

test('a token is made once and used until shortly before it is an hour old', async () => {
  const world = createWorld()
  await world.publisher.publish([envelope])
  world.nowMs += 3_589_999
  await world.publisher.publish([envelope])
  world.nowMs += 1
  await world.publisher.publish([envelope])
  expect(world.used).toEqual(['1000', '1000', '3591000'])
})

test('a token that a node refuses is made anew, once', async () => {
  const world = createWorld()
  await world.publisher.publish([envelope])
  world.nowMs += 5
  world.refusedBeforeMs = 1005
  await world.publisher.publish([envelope])
  expect(world.used).toEqual(['1000', '1000', '1005'])
  world.refusedBeforeMs = 9999
  await expect(world.publisher.publish([envelope])).rejects.toMatchObject({
    code: 'transport/unauthenticated',
  })
  expect(world.used).toHaveLength(5)
})

test('an envelope that no node takes does not travel', async () => {
  const world = createWorld()
  const message = new Uint8Array(1_048_215)
  await expect(world.publisher.publish([{ ...envelope, message }])).rejects.toMatchObject({
    code: 'envelope/message-too-big',
  })
  expect(world.used).toEqual([])
})
