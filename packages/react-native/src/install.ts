// Fills in what Hermes lacks of the language and of the web's text coding; what is there already stays.
// Importing this file does it, and the entry imports it before anything else.

import { installMissing } from './install-missing.ts'

installMissing(globalThis)
