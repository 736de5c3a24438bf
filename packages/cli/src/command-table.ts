import type { CommandEntry } from './command.ts'

/** Every command, in the order of the help. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'up',
    summary: 'run a node',
    load: async () => (await import('./commands/up.ts')).declareUp,
  },
  {
    name: 'demo',
    summary: 'watch two wallets talk through a node of their own, in ten seconds',
    load: async () => (await import('./commands/demo.ts')).declareDemo,
  },
  {
    name: 'init',
    summary: 'make a key, or import one',
    load: async () => (await import('./commands/init.ts')).declareInit,
  },
  {
    name: 'whoami',
    summary: 'print your address',
    load: async () => (await import('./commands/whoami.ts')).declareWhoami,
  },
  {
    name: 'keys',
    summary: 'back up your messaging keys, or use a backup',
    load: async () => (await import('./commands/keys.ts')).declareKeys,
  },
  {
    name: 'can-message',
    summary: 'ask whether addresses can be written to',
    load: async () => (await import('./commands/can-message.ts')).declareCanMessage,
  },
  {
    name: 'send',
    summary: 'send a message',
    load: async () => (await import('./commands/send.ts')).declareSend,
  },
  {
    name: 'broadcast',
    summary: 'send a message to many, each once',
    load: async () => (await import('./commands/broadcast.ts')).declareBroadcast,
  },
  {
    name: 'deliver',
    summary: 'bring what was kept to those who have joined meanwhile',
    load: async () => (await import('./commands/deliver.ts')).declareDeliver,
  },
  {
    name: 'conversations',
    summary: 'list conversations',
    load: async () => (await import('./commands/conversations.ts')).declareConversations,
  },
  {
    name: 'messages',
    summary: 'print the messages of a conversation',
    load: async () => (await import('./commands/messages.ts')).declareMessages,
  },
  {
    name: 'stream',
    summary: 'print messages as they arrive',
    load: async () => (await import('./commands/stream.ts')).declareStream,
  },
  {
    name: 'names',
    summary: 'find the address of a name, or the name of an address',
    load: async () => (await import('./commands/names.ts')).declareNames,
  },
  {
    name: 'admin',
    summary: 'lists, limits, retention and state of a node that runs',
    load: async () => (await import('./commands/admin.ts')).declareAdmin,
  },
  {
    name: 'backup',
    summary: 'copy the messages of a node while it runs',
    load: async () => (await import('./commands/backup.ts')).declareBackup,
  },
  {
    name: 'restore',
    summary: 'bring a copy back',
    load: async () => (await import('./commands/restore.ts')).declareRestore,
  },
  {
    name: 'verify',
    summary: 'look through a store or a copy for damage',
    load: async () => (await import('./commands/verify.ts')).declareVerify,
  },
  {
    name: 'export',
    summary: 'write all messages as lines of JSON',
    load: async () => (await import('./commands/export.ts')).declareExport,
  },
  {
    name: 'import',
    summary: 'add messages from lines of JSON',
    load: async () => (await import('./commands/import.ts')).declareImport,
  },
  {
    name: 'move',
    summary: 'move the messages of a node to PostgreSQL while it runs',
    load: async () => (await import('./commands/move.ts')).declareMove,
  },
  {
    name: 'doctor',
    summary: 'look for what is wrong, and say what to do',
    load: async () => (await import('./commands/doctor.ts')).declareDoctor,
  },
  {
    name: 'conformance',
    summary: 'score any node against what XMTP V2 clients rely on',
    load: async () => (await import('./commands/conformance.ts')).declareConformance,
  },
]
