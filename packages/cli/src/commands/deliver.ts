import { type Delivery, openEscrow } from '@posthorn/client/escrow'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../failure.ts'
import { listenForInterruption } from '../interruption.ts'
import { openClient } from '../open-client.ts'
import { printable } from '../printable.ts'

type DeliverOptions = { readonly watch?: boolean | undefined }

/** `posthorn deliver`: brings what was kept to those who have joined meanwhile. */
export const declareDeliver: DeclareCommand = (command, run) => {
  command
    .option('--watch', 'go on, and deliver at the moment somebody joins, until Ctrl-C')
    .action((options: DeliverOptions) => run((context) => deliver(context, options)))
}

async function deliver(context: Context, { watch }: DeliverOptions): Promise<number> {
  const { output } = context
  using interruption = listenForInterruption()
  const { signal } = interruption
  await using client = await openClient(context)
  const escrow = openEscrow(client)
  if (watch) {
    const deliveries = await escrow.deliveries({ signal })
    output.note('Watching; Ctrl-C ends it.')
    for await (const delivery of deliveries) show(context, delivery)
    return exitCodes.ok
  }
  const deliveries = await output.waiting('Looking who has joined', escrow.deliverDue({ signal }))
  for (const delivery of deliveries) show(context, delivery)
  const left = (await escrow.waiting({ signal })).length
  if (!output.isJson) output.result({}, `${left} waiting`)
  return deliveries.every(({ kind }) => kind === 'delivered') ? exitCodes.ok : exitCodes.failure
}

function show({ output }: Context, delivery: Delivery): void {
  const { good, bad } = output.style
  const word = delivery.kind === 'delivered' ? good('delivered') : bad('refused')
  const reason = delivery.kind === 'refused' ? `  ${printable(delivery.reason)}` : ''
  output.result(delivery, `${word}  ${delivery.to}${reason}`)
}
