// Escrow: messages for accounts that have not joined.

export type { Delivery } from './escrow/deliver.ts'
export {
  type Escrow,
  type EscrowSendOptions,
  type EscrowSent,
  openEscrow,
  type WaitingMessage,
} from './escrow/open-escrow.ts'
