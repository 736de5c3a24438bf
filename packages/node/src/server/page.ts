import type { OutgoingHttpHeaders } from 'node:http'

/** A page; JSON unless its headers say otherwise. */
export type Page = {
  readonly status: number
  readonly body: string
  readonly headers?: OutgoingHttpHeaders | undefined
}
