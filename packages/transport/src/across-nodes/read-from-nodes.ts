// Reading: from one node, and from the next one when that fails.

import type { TimeCursor } from '@posthorn/envelope'
import type { CallOptions, QueryPage, QueryRequest, Transport } from '../transport.ts'
import { isCancelled, mostTelling, type NodeConnection, type NodeList } from './node-list.ts'
import type { NodeAnswer, SecondOpinion } from './second-opinion.ts'

/** The reading half of a transport. */
export type Reads = Pick<Transport, 'query' | 'batchQuery'>

type Answer = { readonly node: NodeConnection; readonly pages: readonly QueryPage[] }
type Ask = (node: NodeConnection) => Promise<Answer>

/** Reads from the nodes of a list. */
export function readFromNodes(list: NodeList, opinion: SecondOpinion | undefined): Reads {
  // A cursor goes back to the node that gave it; others would take it too, but may have other rows around it.
  const givers = new WeakMap<TimeCursor, NodeConnection>()

  async function read(requests: readonly QueryRequest[], ask: Ask): Promise<readonly QueryPage[]> {
    const [cursor] = requests.flatMap((request) => request.cursor ?? [])
    const nodes = startingWith(list, cursor && givers.get(cursor))
    const isDoubtful = opinion !== undefined && requests.some((each) => isWanted(opinion, each))
    const answers = await answersOf(list, { nodes, ask, wanted: isDoubtful ? 2 : 1 })
    for (const { node, pages } of answers) {
      for (const { nextCursor } of pages) if (nextCursor) givers.set(nextCursor, node)
    }
    const pages = answers[0]?.pages ?? []
    if (!isDoubtful) return pages
    return pages.map((page, at) => judged(opinion, requests[at], answersAt(at, answers)) ?? page)
  }

  return {
    query: async (request, options) => {
      const ask: Ask = async (node) => ({
        node,
        pages: [await node.transport.query(request, options)],
      })
      const [page] = await read([request], ask)
      return page ?? { envelopes: [] }
    },
    batchQuery: async (requests, options: CallOptions | undefined) =>
      read(requests, async (node) => ({
        node,
        pages: await node.transport.batchQuery(requests, options),
      })),
  }
}

function startingWith(
  list: NodeList,
  first: NodeConnection | undefined,
): readonly NodeConnection[] {
  const nodes = list.inOrder()
  if (first === undefined || !list.isHealthy(first)) return nodes
  return [first, ...nodes.filter((node) => node !== first)]
}

type Asking = {
  readonly nodes: readonly NodeConnection[]
  readonly ask: Ask
  /** How many answers. */
  readonly wanted: number
}

// Asks as many nodes at a time as answers are wanted, until there are so many or no node is left.
async function answersOf(
  list: NodeList,
  { nodes, ask, wanted }: Asking,
): Promise<readonly Answer[]> {
  const waiting = [...nodes]
  const answers: Answer[] = []
  const failures: unknown[] = []
  async function fetchOne(): Promise<void> {
    for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
      try {
        answers.push(await ask(node))
        return
      } catch (error) {
        if (isCancelled(error)) throw error
        list.failed(node, error)
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: wanted }, fetchOne))
  const first = answers[0]
  if (first === undefined) throw mostTelling(failures)
  // The one that was to be asked first stays in use if it answered at all.
  list.succeeded(answers.find(({ node }) => node === nodes[0])?.node ?? first.node)
  return answers
}

function isWanted(opinion: SecondOpinion, { topics, cursor }: QueryRequest): boolean {
  const [topic] = topics
  return topics.length === 1 && cursor === undefined && opinion.isWanted(topic ?? '')
}

function judged(
  opinion: SecondOpinion,
  request: QueryRequest | undefined,
  answers: readonly NodeAnswer[],
): QueryPage | undefined {
  if (request === undefined || !isWanted(opinion, request)) return undefined
  return { envelopes: opinion.judge(request.topics[0] ?? '', answers) }
}

function answersAt(at: number, answers: readonly Answer[]): readonly NodeAnswer[] {
  return answers.map(({ node, pages }) => ({
    node: node.name,
    envelopes: pages[at]?.envelopes ?? [],
  }))
}
