import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestNode, type TestNode } from '../contract/test-node.ts'

let testNode: TestNode

beforeAll(async () => {
  testNode = await startTestNode()
})

afterAll(() => testNode[Symbol.asyncDispose]())

async function pageAt(path: string, accept: string) {
  const response = await fetch(testNode.url + path, { headers: { accept } })
  return { response, text: await response.text() }
}

describe('pages', () => {
  test('programs get JSON at the root, people get a page', async () => {
    const json = await pageAt('/', '*/*')
    expect(JSON.parse(json.text)).toMatchObject({ name: 'posthorn' })
    const { response, text } = await pageAt('/', 'text/html,application/xhtml+xml')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(text).toContain('<html lang="en">')
  })

  test('the page runs what stands in it and nothing else', async () => {
    const { response, text } = await pageAt('/', 'text/html')
    const policy = response.headers.get('content-security-policy') ?? ''
    const inline = [...text.matchAll(/<(style|script)>([\s\S]*?)<\/\1>/g)]
    expect(inline).toHaveLength(2)
    for (const [, name, source = ''] of inline) {
      const hash = createHash('sha256').update(source).digest('base64')
      expect(policy).toContain(`${name}-src 'sha256-${hash}'`)
    }
    expect(policy).toContain("default-src 'none'")
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
  })

  test('every number that the script asks for has its place in the page', async () => {
    const { text } = await pageAt('/', 'text/html')
    const figures = JSON.parse((await pageAt('/status.json', '*/*')).text)
    for (const [, id = ''] of text.matchAll(/<dd id="(\w+)"/g)) expect(figures).toHaveProperty(id)
  })

  test('the status counts what was published and who listens', async () => {
    await using own = await startTestNode()
    const message = Buffer.from('x').toString('base64')
    const envelope = { contentTopic: '/xmtp/0/m-1/proto', timestampNs: '1', message }
    await fetch(`${own.url}/message/v1/publish`, {
      method: 'POST',
      body: JSON.stringify({ envelopes: [envelope] }),
    })
    const response = await fetch(`${own.url}/status.json`)
    expect(await response.json()).toMatchObject({
      state: 'serving',
      store: 'memory',
      envelopes: 1,
      batches: 1,
      publishedEnvelopes: 1,
      publishedPerMinute: 1,
    })
  })
})
