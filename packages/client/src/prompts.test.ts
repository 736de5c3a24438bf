// How often a wallet is asked, against the node that users run: the promise that decides whether people stay.

import { randomBytes } from 'node:crypto'
import { createNobleCrypto } from '@posthorn/crypto'
import { createLocalSigner, type WalletSigner } from '@posthorn/identity'
import { createFileVault } from '@posthorn/keystore/file'
import { parseConfig, startNode } from '@posthorn/node'
import { temporaryDirectory } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { createClient } from './create-client.ts'

test('a wallet is asked twice on first use, once by a second client, and not on a reload', async () => {
  await using directory = await temporaryDirectory()
  const flags = { 'api-port': '0', data: directory.path, 'grace-ms': '100' }
  const node = await startNode(parseConfig({ flags }))
  try {
    const url = node.apiUrls[0] ?? ''
    const local = createLocalSigner(createNobleCrypto(), randomBytes(32))
    const asked: string[] = []
    const wallet: WalletSigner = {
      address: local.address,
      signText: (text) => {
        asked.push(text.split('\n')[0] ?? '')
        return local.signText(text)
      },
    }
    const device = (name: string) => ({
      url,
      vault: createFileVault({
        directory: `${directory.path}/${name}`,
        passphrase: 'x',
        costLog2: 10,
      }),
    })
    await using first = await createClient(wallet, device('laptop'))
    expect(asked).toEqual(['XMTP : Create Identity', 'XMTP : Enable Identity'])
    await using second = await createClient(wallet, device('phone'))
    expect(asked.slice(2)).toEqual(['XMTP : Enable Identity'])
    await first.close()
    await using reloaded = await createClient(wallet, device('laptop'))
    await using byAddress = await createClient(local.address as `0x${string}`, device('phone'))
    expect(asked).toHaveLength(3)
    const clients = [first, second, reloaded, byAddress]
    expect(clients.map(({ promptCount }) => promptCount)).toEqual([2, 1, 0, 0])

    await using bob = await createClient(randomBytes(32), { url })
    const chat = await reloaded.newConversation(bob.address)
    await chat.send('gm')
    const [here] = await bob.conversations()
    expect((await here?.messages())?.map(({ content }) => content)).toEqual(['gm'])
  } finally {
    await node.kill()
  }
})
