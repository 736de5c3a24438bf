// Subscribe: envelopes of some topics as they arrive, or from some point on.

import { type ServerStreamMethod, serverStreamMethod } from '../method.ts'
import { subscribeRequestForm } from './forms.ts'
import { messageApiService } from './service.ts'
import type { Subscriptions } from './subscribe-port.ts'

/** Subscribe. The topic `*` stands for every topic of the network. */
export function subscribeMethod(subscriptions: Subscriptions): ServerStreamMethod {
  return serverStreamMethod({
    service: messageApiService,
    rpc: 'Subscribe',
    httpPath: '/message/v1/subscribe',
    request: subscribeRequestForm,
    open: async (request, call) => (await subscriptions.open(request, call)).batches(),
  })
}
