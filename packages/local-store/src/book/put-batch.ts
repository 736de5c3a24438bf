// One batch into the store.

import type { LocalBatch, PutReport } from '../local-store.ts'
import { keysOfConversation, putConsent, putConversation, putReadMark } from './put-conversation.ts'
import { keysOfMessage, putMessage } from './put-message.ts'
import { draftTable, nameTable, progressTable, putSimple, settingTable } from './simple-tables.ts'
import type { Writing } from './writing.ts'

/** Writes a batch: conversations first, then what bears on them, then messages. */
export async function putBatch(writing: Writing, batch: LocalBatch): Promise<PutReport> {
  const { conversations = [], messages = [], consents = [], readMarks = [] } = batch
  await writing.transaction.load([
    ...conversations.flatMap((each) => keysOfConversation(writing, each)),
    ...messages.flatMap((each) => keysOfMessage(writing, each)),
  ])
  for (const consent of consents) await putConsent(writing, consent)
  for (const conversation of conversations) await putConversation(writing, conversation)
  for (const mark of readMarks) await putReadMark(writing, mark)
  for (const draft of batch.drafts ?? []) await putSimple(writing, draftTable, draft)
  for (const name of batch.names ?? []) await putSimple(writing, nameTable, name)
  for (const mark of batch.progress ?? []) await putSimple(writing, progressTable, mark)
  for (const setting of batch.settings ?? []) await putSimple(writing, settingTable, setting)
  return putMessages(writing, messages)
}

async function putMessages(
  writing: Writing,
  messages: NonNullable<LocalBatch['messages']>,
): Promise<PutReport> {
  const newMessageIds: string[] = []
  for (const message of messages) {
    if ((await putMessage(writing, message)) === 'new') newMessageIds.push(message.id)
  }
  return { newMessageIds, knownCount: messages.length - newMessageIds.length }
}
