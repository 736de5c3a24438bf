// BatchQuery: several pages in one call.

import { maxBatchQueries } from '@posthorn/envelope'
import { ValidationError } from '@posthorn/errors'
import type { EnvelopeStore } from '@posthorn/store'
import { type UnaryMethod, unaryMethod } from '../method.ts'
import { batchQueryReplyForm, batchQueryRequestForm } from './forms.ts'
import { pageOf, rangeOf } from './query.ts'
import { messageApiService } from './service.ts'

/** BatchQuery. One bad request refuses the batch before anything is read. */
export function batchQueryMethod(store: EnvelopeStore): UnaryMethod {
  return unaryMethod({
    service: messageApiService,
    rpc: 'BatchQuery',
    httpPath: '/message/v1/batch-query',
    request: batchQueryRequestForm,
    reply: batchQueryReplyForm,
    handle: async ({ requests }) => {
      checkCount(requests.length)
      const queries = requests.map((request) => ({ request, range: rangeOf(request) }))
      const responses = await Promise.all(
        queries.map(async ({ request, range }) => pageOf(await store.range(range), range, request)),
      )
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
