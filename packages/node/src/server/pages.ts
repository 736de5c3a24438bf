// The few plain resources beside the API.

import type { Health } from '../health.ts'

/** A JSON page. */
export type Page = { readonly status: number; readonly body: string }

const about: Page = {
  status: 200,
  body: `${JSON.stringify(
    {
      name: 'posthorn',
      description: 'A node of a wallet-to-wallet encrypted messaging network',
      protocols: ['gRPC', 'gRPC-Web', 'JSON over HTTP'],
      service: 'xmtp.message_api.v1.MessageApi',
      links: { liveness: '/healthz', readiness: '/readyz', publish: '/message/v1/publish' },
    },
    undefined,
    2,
  )}\n`,
}

/** The page of a path, undefined when there is none. */
export function pageOf(path: string, health: Health): Page | undefined {
  switch (path) {
    case '/':
      return about
    case '/healthz':
      return { status: 200, body: '{"status":"alive"}\n' }
    case '/readyz': {
      const state = health.state()
      return { status: state === 'serving' ? 200 : 503, body: `{"status":"${state}"}\n` }
    }
    default:
      return undefined
  }
}
