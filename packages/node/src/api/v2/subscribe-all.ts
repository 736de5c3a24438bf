// SubscribeAll: every envelope of the network as it arrives, for push servers and archives.

import { everyTopic } from '../../dispatcher.ts'
import { type ServerStreamMethod, serverStreamMethod } from '../method.ts'
import { subscribeAllRequestForm } from './forms.ts'
import { messageApiService } from './service.ts'
import type { Subscriptions } from './subscribe-port.ts'

/** SubscribeAll. Topics outside `/xmtp/0/` are not in it. */
export function subscribeAllMethod(subscriptions: Subscriptions): ServerStreamMethod {
  return serverStreamMethod({
    service: messageApiService,
    rpc: 'SubscribeAll',
    httpPath: '/message/v1/subscribe-all',
    request: subscribeAllRequestForm,
    open: async (_request, call) => {
      const request = { contentTopics: [everyTopic], resume: undefined }
      return (await subscriptions.open(request, call)).batches()
    },
  })
}
