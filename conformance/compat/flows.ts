// All flows.

import type { Flow } from './flow.ts'
import { clientFlows } from './flows/clients.ts'
import { consentFlows } from './flows/consent.ts'
import { contentFlows } from './flows/content.ts'
import { conversationFlows } from './flows/conversations.ts'
import { helperFlows } from './flows/helpers.ts'
import { messageFlows } from './flows/messages.ts'

/** All flows, by themselves: none leaves anything that another one sees. */
export const flows: readonly Flow[] = [
  ...helperFlows,
  ...clientFlows,
  ...conversationFlows,
  ...messageFlows,
  ...contentFlows,
  ...consentFlows,
]
