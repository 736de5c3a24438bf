// What to do about each failure that a person can do something about.

/** What a hint may mention; `{program}`, `{url}` and `{keyPath}` stand for it. */
export type HintFacts = {
  /** How this program is called here: `posthorn` or `npx posthorn`. */
  readonly program: string
  readonly url: string
  readonly keyPath: string
}

const hints: Readonly<Record<string, string>> = {
  'cli/no-key': 'make one with: {program} init',
  'cli/key-exists':
    'use another folder with --home, or --force, which keeps the old key beside {keyPath}',
  'cli/key-exposed':
    'others on this machine may have read it; to go on using it: chmod 600 {keyPath}',
  'cli/key-damaged':
    'restore {keyPath} from a copy, or make a new key with: {program} init --force',
  'cli/wrong-passphrase': 'type it again, or correct POSTHORN_PASSPHRASE',
  'cli/passphrase-needed': 'set POSTHORN_PASSPHRASE, or run this in a terminal to be asked',
  'cli/backup-passphrase-needed':
    'name a file with --passphrase-file, set POSTHORN_BACKUP_PASSPHRASE, or run this in a terminal to be asked',
  'keystore/wrong-passphrase':
    'type it again: it is the one that was chosen when the backup was made; or the file was changed',
  'keystore/malformed': 'name a file that {program} keys export or an application has written',
  'keystore/other-account':
    'do not use this backup: whoever made it did not tell whose keys it has',
  'cli/bad-private-key': 'a private key is 64 hexadecimal digits, with or without 0x in front',
  'cli/unknown-conversation': 'list those there are with: {program} conversations',
  'cli/no-text': 'give the text after the address, or pipe it in',
  'announce/other-job': 'give every text a journal of its own with --journal',
  'cli/no-journal': 'name a file with --journal; the next run with it goes on where this one was',
  'cli/journal-in-use': 'wait until that run has ended, or end it',
  'conversation/self': 'a conversation needs two addresses; {program} whoami prints yours',
  'identity/bad-address': 'an address is 0x and 40 hexadecimal digits',
  'identity/bad-address-checksum':
    'a character may be mistyped; copy the address again, or write it all in lower case to skip the check',
  'cli/no-ethereum-url':
    'give the URL of an Ethereum server with --ethereum-url, or set POSTHORN_ETHEREUM_URL',
  'cli/unknown-name': 'check the spelling, or give the address itself',
  'names/bad-rpc': 'correct --ethereum-url or POSTHORN_ETHEREUM_URL: https://ethereum.example',
  'names/unavailable':
    'does the server of --ethereum-url or POSTHORN_ETHEREUM_URL answer? an address needs none',
  'names/timeout':
    'does the server of --ethereum-url or POSTHORN_ETHEREUM_URL answer? an address needs none',
  'names/no-ens': 'names are on the main network of Ethereum; give the URL of a server of that',
  'names/invalid-name': 'names are written like alice.eth',
  'names/unsupported-name': 'names are written like alice.eth',
  'names/confusable-name':
    'its letters pass for others; type the name yourself, or give the address',
  'contact/not-registered':
    'their wallet has to use this network once before it can be written to; is {url} the network they use?',
  'transport/unavailable':
    'is a node running at {url}? start one with: {program} up, or name another with --url',
  'transport/timeout': '{program} doctor looks for the reason',
  'transport/bad-url': 'a node is named like http://localhost:5555',
  'transport/redirected': 'give the address that it redirects to with --url',
  'transport/node-failed': 'the log of the node says more',
  'transport/unimplemented': 'is {url} really a node? {program} doctor looks',
  'transport/not-found': 'is {url} really a node? {program} doctor looks',
  'transport/bad-reply': 'is {url} really a node? {program} doctor looks',
  'transport/unauthenticated':
    'compare the clocks of this machine and the node with: {program} doctor',
  'transport/permission-denied': 'the operator of the node decides who may publish',
  'rate/exceeded': 'wait a little, then try again',
  'node/port-taken':
    'another node may be running; choose other ports with --api-port, or 0 for any that is free',
  'store/older-version': 'start it once with: {program} up --data DIR',
  'store/in-use': 'another node is using the same folder; choose another with --data',
  'admin/no-node':
    'name the folder of a node that runs with --data, or its admin API with --admin-url and --admin-token-file',
  'admin/no-token':
    'only the user that runs the node may read it; name another file with --admin-token-file',
  'admin/unauthorized': 'the token is of another node; name its folder with --data',
  'admin/unavailable': 'does the node run? its folder says where it listened last',
  'cli/no-store': 'name the folder of a node with --data',
  'store/bad-url': 'set POSTHORN_DATABASE_URL to postgres://user:password@host:port/database',
  'store/backup-folder': 'make it first; it is of the machine and the user that the node runs on',
  'policy/cannot-start':
    'for a program: make it executable with chmod +x, and give its first line as #!/path',
  'cli/store-exists': 'move the folder away, or restore to another with --data',
  'store/backup-exists': 'choose a file that is not there yet',
}

/** Advice for an error code, or undefined when there is none to give. */
export function hintFor(code: string, facts: HintFacts): string | undefined {
  return hints[code]?.replace(
    /\{(program|url|keyPath)\}/g,
    (_, name: keyof HintFacts) => facts[name],
  )
}
