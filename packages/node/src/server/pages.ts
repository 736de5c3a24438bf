// The few plain resources beside the API.

import type { NodeFigures } from '../figures.ts'
import type { Health } from '../health.ts'
import type { Exchange } from './exchange.ts'
import type { Page } from './page.ts'
import { headerOf } from './request-headers.ts'
import { statusPage } from './status-page.ts'

/** What pages tell about. */
export type PageParts = {
  readonly health: Health
  readonly figures: () => Promise<NodeFigures>
}

const about: Page = {
  status: 200,
  body: `${JSON.stringify(
    {
      name: 'posthorn',
      description: 'A node of a wallet-to-wallet encrypted messaging network',
      protocols: ['gRPC', 'gRPC-Web', 'JSON over HTTP'],
      service: 'xmtp.message_api.v1.MessageApi',
      links: {
        liveness: '/healthz',
        readiness: '/readyz',
        status: '/status.json',
        publish: '/message/v1/publish',
      },
    },
    undefined,
    2,
  )}\n`,
}

/**
 * The page of a path, undefined when there is none.
 *
 * @throws StorageError when the store cannot be asked
 */
export async function pageOf(exchange: Exchange, parts: PageParts): Promise<Page | undefined> {
  switch (exchange.path) {
    case '/':
      return isForPeople(exchange) ? statusPage() : about
    case '/healthz':
      return { status: 200, body: '{"status":"alive"}\n' }
    case '/readyz': {
      const state = parts.health.state()
      return { status: state === 'serving' ? 200 : 503, body: `{"status":"${state}"}\n` }
    }
    case '/status.json':
      return { status: 200, body: `${JSON.stringify(await parts.figures())}\n` }
    default:
      return undefined
  }
}

function isForPeople(exchange: Exchange): boolean {
  return /\btext\/html\b/.test(headerOf(exchange, 'accept') ?? '')
}
