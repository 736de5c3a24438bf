// Subscribe: envelopes of some topics as they arrive.

import { type ServerStreamMethod, serverStreamMethod } from '../method.ts'
import { subscribeRequestForm } from './forms.ts'
import { messageApiService } from './service.ts'
import type { Subscribe } from './subscribe-port.ts'

/** Subscribe. The topic `*` stands for every topic of the network. */
export function subscribeMethod(subscribe: Subscribe): ServerStreamMethod {
  return serverStreamMethod({
    service: messageApiService,
    rpc: 'Subscribe',
    httpPath: '/message/v1/subscribe',
    request: subscribeRequestForm,
    open: async ({ contentTopics }, { signal }) => subscribe(contentTopics, signal).batches(),
  })
}
