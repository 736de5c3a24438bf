// BatchQuery: several pages in one call.

import { maxBatchQueries } from '@posthorn/envelope'
import { ValidationError } from '@posthorn/errors'
import type { EnvelopeStore } from '@posthorn/store'
import type { QueryResponse } from '@posthorn/wire'
import { type UnaryMethod, unaryMethod } from '../method.ts'
import { batchQueryReplyForm, batchQueryRequestForm } from './forms.ts'
import { bytesOf, maxAnswerBytes, rangeOf, readPage } from './query.ts'
import { messageApiService } from './service.ts'

/** BatchQuery. One bad request refuses the batch before anything is read. */
export function batchQueryMethod(store: EnvelopeStore): UnaryMethod {
  return unaryMethod({
    service: messageApiService,
    rpc: 'BatchQuery',
    httpPath: '/message/v1/batch-query',
    request: batchQueryRequestForm,
    reply: batchQueryReplyForm,
    handle: async ({ requests }, call) => {
      checkCount(requests.length)
      call.spend(Math.max(1, requests.length))
      for (const request of requests) rangeOf(request)
      // One after the other, so that a batch holds no more than its answer. The pages share its room; when
      // it is used up, each of the others still has its first row and a cursor.
      const responses: QueryResponse[] = []
      let roomBytes = maxAnswerBytes
      for (const request of requests) {
        const page = await readPage(store, request, { call, maxBytes: Math.max(1, roomBytes) })
        roomBytes -= bytesOf(page.envelopes)
        responses.push(page)
      }
      return { responses }
    },
  })
}

function checkCount(count: number): void {
  if (count <= maxBatchQueries) return
  throw new ValidationError(
    'query/batch-too-large',
    `Query batch: cannot exceed ${maxBatchQueries} requests in single batch: ${count} given`,
  )
}
