// XMLHttpRequest as React Native has it, over Node's http: tests of streams need one in Node.

import { type ClientRequest, type IncomingMessage, request } from 'node:http'

/** The part of XMLHttpRequest that {@link createXhrFetch} uses. */
export class TestRequest {
  readyState = 0
  status = 0
  responseText = ''
  onreadystatechange: (() => void) | null = null
  onprogress: (() => void) | null = null
  onload: (() => void) | null = null
  onerror: (() => void) | null = null
  ontimeout: (() => void) | null = null
  readonly #headers: Record<string, string> = {}
  #target: { method: string; url: string } | undefined
  #outgoing: ClientRequest | undefined
  #reply: IncomingMessage | undefined
  #isOver = false

  open(method: string, url: string): void {
    this.#target = { method, url }
    this.#move(1)
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value
  }

  getResponseHeader(name: string): string | null {
    const value = this.#reply?.headers[name.toLowerCase()]
    return typeof value === 'string' ? value : null
  }

  send(body: string | null): void {
    const { method, url } = this.#target ?? { method: 'GET', url: '' }
    this.#outgoing = request(url, { method, headers: this.#headers }, (reply) => this.#read(reply))
    this.#outgoing.on('error', () => this.#end(this.onerror))
    this.#outgoing.end(body ?? '')
  }

  abort(): void {
    this.#isOver = true
    this.#outgoing?.destroy()
  }

  #read(reply: IncomingMessage): void {
    this.#reply = reply
    this.status = reply.statusCode ?? 0
    this.#move(2)
    reply.setEncoding('utf8')
    reply.on('data', (text: string) => {
      this.responseText += text
      this.#move(3)
      this.onprogress?.()
    })
    reply.on('end', () => this.#end(this.onload))
    reply.on('error', () => this.#end(this.onerror))
  }

  #end(tell: (() => void) | null): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#move(4)
    tell?.()
  }

  #move(readyState: number): void {
    this.readyState = readyState
    this.onreadystatechange?.()
  }
}
