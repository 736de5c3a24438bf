// Run by tests as a process of its own: one attack on a node. It gives way to every other process, so that what a
// probe waits for is the node and not the attacker's share of the machine.

import { setPriority } from 'node:os'
import { type AttackName, attacks } from './attacks.ts'

const [name = '', url = '', from = '', forMs = ''] = process.argv.slice(2)
setPriority(19)
const attack = attacks[name as AttackName]
const answers = await attack({ url, from, untilMs: performance.now() + Number(forMs) })
process.send?.(answers, () => process.exit())
