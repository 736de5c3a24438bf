// A thread that holds the keys of a new account, for the test of remote keystores.

import { parentPort } from 'node:worker_threads'
import { newKeystore } from '../test-account.ts'
import { serveKeystore } from './serve-keystore.ts'

if (parentPort !== null) serveKeystore(await newKeystore(), parentPort)
