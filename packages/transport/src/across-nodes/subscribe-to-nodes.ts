// Subscribing: to one node at a time. A stream that breaks is begun anew by its reader, and finds another node.

import { StorageError, ValidationError } from '@posthorn/errors'
import type { LiveEnvelope, LogPosition, SubscribeOptions, Transport } from '../transport.ts'
import { isCancelled, mostTelling, type NodeConnection, type NodeList } from './node-list.ts'

/** Subscribes to the nodes of a list. */
export function subscribeToNodes(list: NodeList): Transport['subscribe'] {
  // Numbers mean something only in the log that they are of, and a log belongs to one node.
  const nodeOfLog = new Map<string, NodeConnection>()

  async function* live(
    node: NodeConnection,
    topics: readonly string[],
    options: SubscribeOptions,
  ): AsyncGenerator<LiveEnvelope> {
    const { onMark } = options
    yield* node.transport.subscribe(topics, {
      ...options,
      onMark:
        onMark &&
        ((mark) => {
          nodeOfLog.set(mark.logId, node)
          onMark(mark)
        }),
    })
    // A node that is about to stop ends its streams: the next one goes elsewhere.
    const ended = new StorageError('stream/ended', 'Subscribe: the node ended the stream')
    list.failed(node, ended)
  }

  return async function* subscribe(topics, options = {}) {
    const failures: unknown[] = []
    for (const node of candidates(list, nodeOfLog, options.position)) {
      let isOpen = false
      const onOpen = (): void => {
        isOpen = true
        list.succeeded(node)
        options.onOpen?.()
      }
      try {
        yield* live(node, topics, { ...options, onOpen })
        return
      } catch (error) {
        list.failed(node, error)
        if (isOpen || isCancelled(error)) throw error
        failures.push(error)
      }
    }
    throw mostTelling(failures)
  }
}

// A position is for the node whose log it is of. While that one rests, the reader does better to begin anew
// elsewhere than to wait for it.
function candidates(
  list: NodeList,
  nodeOfLog: ReadonlyMap<string, NodeConnection>,
  position: LogPosition | undefined,
): readonly NodeConnection[] {
  const nodes = list.inOrder()
  const owner = position && nodeOfLog.get(position.logId)
  if (owner === undefined) return nodes
  if (list.isHealthy(owner) || !nodes.some(list.isHealthy)) return [owner]
  throw new ValidationError(
    'transport/other-log',
    'Subscribe: the node whose numbers these are is in trouble, wanted a start without them',
  )
}
