// TLS before a node, as a proxy does it, with a certificate that nobody knows.

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { connect } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'

/** TLS on a free port. */
export type TlsFront = AsyncDisposable & {
  /** `https://localhost:…` */
  readonly url: string
  /** PEM of the certificate that it shows. */
  readonly certificate: string
}

/** Takes TLS connections and hands what they bring to a node. */
export async function startTlsFront(nodeUrl: string): Promise<TlsFront> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = selfSigned(publicKey, privateKey)
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
  const sockets = new Set<TLSSocket>()
  const server = createServer(
    { key, cert: certificate, ALPNProtocols: ['h2', 'http/1.1'] },
    (socket) => {
      sockets.add(socket)
      const upstream = connect(Number(new URL(nodeUrl).port), '127.0.0.1')
      socket.on('close', () => {
        sockets.delete(socket)
        upstream.destroy()
      })
      socket.on('error', () => upstream.destroy())
      upstream.on('error', () => socket.destroy())
      upstream.on('close', () => socket.destroy())
      socket.pipe(upstream).pipe(socket)
    },
  )
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `https://localhost:${port}`,
    certificate,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

// X.509 (RFC 5280) in DER: a tag, a length, the content.
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const time = (text: string): Buffer => der(0x17, Buffer.from(text))
const bits = (bytes: Uint8Array): Buffer => der(0x03, Buffer.from([0]), bytes)

function selfSigned(publicKey: KeyObject, privateKey: KeyObject): string {
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
  const commonName = sequence(oid('550403'), der(0x0c, Buffer.from('localhost')))
  const name = sequence(der(0x31, commonName))
  const subjectAltName = sequence(
    oid('551d11'),
    der(0x04, sequence(der(0x82, Buffer.from('localhost')))),
  )
  const toSign = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(time('200101000000Z'), time('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(subjectAltName)),
  )
  const whole = sequence(toSign, ecdsaWithSha256, bits(sign('sha256', toSign, privateKey)))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
