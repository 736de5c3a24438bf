// Publish: everything a client sends enters the node here, by whichever protocol.

import type { Ingest } from '../../ingest.ts'
import { type UnaryMethod, unaryMethod } from '../method.ts'
import { publishReplyForm, publishRequestForm } from './forms.ts'
import { messageApiService } from './service.ts'

/** Publish. Answers once every envelope is durable. */
export function publishMethod(ingest: Ingest): UnaryMethod {
  return unaryMethod({
    service: messageApiService,
    rpc: 'Publish',
    httpPath: '/message/v1/publish',
    request: publishRequestForm,
    reply: publishReplyForm,
    handle: async ({ envelopes }, { authorization, remoteAddress }) => {
      await ingest.publish({ envelopes, authorization, remoteAddress })
      return {}
    },
  })
}
