import { setTimeout as sleep } from 'node:timers/promises'
import {
  type FollowedStore,
  followSqliteStore,
  moveEnvelopes,
  moveSettings,
  openPostgresStore,
  type Store,
} from '@posthorn/store'
import { checkStoreIn } from '../admin/store-work.ts'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../failure.ts'
import { type Interruption, listenForInterruption } from '../interruption.ts'
import { systemTimers } from '../system-timers.ts'

type MoveOptions = {
  readonly data: string
  readonly to?: string
  readonly follow?: boolean | undefined
}

const help = `
Copies everything in the embedded store of a node into a PostgreSQL database. The node may go on: nothing is
locked and nothing is changed in its folder. Running it again copies only what is new.

To move without a pause:
  1. posthorn move --data DIR --to postgres://… --follow
  2. When it says that it has caught up, start nodes with --store postgres --database-url postgres://…
     and lead clients to them. What still reaches the old node is copied within a moment.
  3. Stop the old node. The move copies the last of it and ends.

Clients find everything again by themselves; lists and limits are copied, too.`

const pauseMs = 200

/** `posthorn move`: from the embedded store of a node, running or not, to PostgreSQL. */
export const declareMove: DeclareCommand = (command, run) => {
  command
    .requiredOption('--data <dir>', 'folder of the embedded store')
    .option('--to <url>', 'postgres://user:password@host:port/database (env POSTHORN_DATABASE_URL)')
    .option('--follow', 'go on until the node has stopped and everything is over')
    .addHelpText('after', help)
    .action((options: MoveOptions) => run((context) => move(context, options)))
}

async function move(context: Context, options: MoveOptions): Promise<number | undefined> {
  const { output } = context
  const url = options.to ?? process.env['POSTHORN_DATABASE_URL'] ?? ''
  using interruption = listenForInterruption()
  checkStoreIn(options.data)
  await using source = followSqliteStore(options.data)
  const opening = openPostgresStore({ url, timers: systemTimers })
  await using target = await output.waiting('Opening the database', opening)
  const isFollowing = options.follow === true
  const mover = createMover({ context, source, target })
  for (;;) {
    // Asked before copying: what a node wrote before it stopped is then among what is copied.
    const isInUse = source.isInUse()
    await mover.copy(interruption)
    if (interruption.signal.aborted) return exitCodes.interrupted
    if (!isFollowing || !isInUse) break
    await mover.catchUp()
    await sleep(pauseMs, undefined, { signal: interruption.signal }).catch(() => undefined)
  }
  return await mover.finish()
}

type MoverParts = {
  readonly context: Context
  readonly source: FollowedStore
  readonly target: Store
}

function createMover({ context, source, target }: MoverParts) {
  const { output } = context
  let sequence = 0
  let envelopes = 0
  let settings = 0
  let hasCaughtUp = false

  const copySettings = async (): Promise<void> => {
    const clock = { nowNs: () => BigInt(context.now().getTime()) * 1_000_000n }
    settings += await moveSettings({ read: source.settings }, target.settings, clock)
  }

  return {
    copy: async ({ signal }: Interruption): Promise<void> => {
      const { lastSequence } = await source.counts()
      for await (const step of moveEnvelopes(source, target, sequence)) {
        sequence = step.sequence
        envelopes += step.envelopes
        if (!hasCaughtUp) output.note(`${share(sequence, lastSequence)} % copied`)
        if (signal.aborted) return
      }
    },
    catchUp: async (): Promise<void> => {
      if (hasCaughtUp) return
      // New nodes need the lists before they are let loose.
      await copySettings()
      hasCaughtUp = true
      output.result(
        { event: 'caught-up', sequence, envelopes },
        `Caught up: ${envelopes} envelopes copied. Now lead clients to the new nodes, then stop the old one.`,
      )
    },
    finish: async (): Promise<undefined> => {
      await copySettings()
      output.result(
        { event: 'moved', sequence, envelopes, settings },
        `Moved: ${envelopes} envelopes and ${settings} settings copied; everything is in the database.`,
      )
      return undefined
    },
  }
}

function share(sequence: number, lastSequence: number): number {
  return Math.min(100, Math.floor((100 * sequence) / Math.max(1, lastSequence)))
}
