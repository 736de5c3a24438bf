// `node conformance/content-types/make-vectors/run.ts DIR`: writes vectors of content, made by the published
// packages. vectors/content holds what it wrote; vectors are added, never changed in place.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toHex } from '@posthorn/bytes'
import { type EncodedContent, formatContentType } from '@posthorn/content'
import fc from 'fast-check'
import { pathOfPeer } from '../../../peers/load.ts'
import { arbitraryContent } from '../arbitrary-content.ts'
import { withoutEmptyInbox } from '../javascript.ts'
import { nativeCases, nativeEncode } from '../native.ts'
import { forPeer, peerBytes, peerBytesOf, peerCodecs, peerEncodedContent, plain } from '../peers.ts'
import { refusedCases } from './refused.ts'

type Case = { readonly name: string; readonly input: object; readonly expect: object }

const casesPerType = 8
const seed = 1

// Where a package is not named as its type.
const packageNames: Readonly<Record<string, string>> = {
  readReceipt: 'read-receipt',
  attachment: 'remote-attachment',
  remoteStaticAttachment: 'remote-attachment',
  transactionReference: 'transaction-reference',
  walletSendCalls: 'wallet-send-calls',
  group_updated: 'group-updated',
}

main(process.argv[2] ?? 'vectors/content')

function main(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const [typeId, peer] of Object.entries(peerCodecs)) {
    const cases = contentsOf(typeId).map((content, index) =>
      caseOf(`${typeId} ${index + 1}`, content, {
        bytes: peerBytes(peer, forPeer(content)),
        shouldPush: peer.shouldPush(content),
      }),
    )
    write(folder, typeId, { madeBy: packageOf(typeId), cases })
  }
  for (const each of nativeCases) {
    const { typeId, versionMajor } = each.type
    if (peerCodecs[typeId] !== undefined && versionMajor === 1) continue
    const name = versionMajor === 1 ? typeId : `${typeId}_v${versionMajor}`
    const cases = contentsOf(typeId).map((content, index) =>
      caseOf(`${name} ${index + 1}`, content, { bytes: peerBytesOf(nativeEncode(each, content)) }),
    )
    write(folder, name, { madeBy: versionOf('@xmtp/wasm-bindings'), cases })
  }
  write(folder, 'refused', { kind: 'content_refused', madeBy: 'hand', cases: refusedCases })
}

function contentsOf(typeId: string): unknown[] {
  const contents = arbitraryContent[typeId]
  if (contents === undefined) throw new TypeError(`no random content for ${typeId}`)
  const numRuns = typeId === 'readReceipt' ? 1 : casesPerType
  return fc.sample(contents, { numRuns, seed }).map(withoutEmptyInbox)
}

type Made = { readonly bytes: Uint8Array; readonly shouldPush?: boolean }

function caseOf(name: string, content: unknown, { bytes, shouldPush }: Made): Case {
  const encoded: EncodedContent = peerEncodedContent(bytes)
  return {
    name,
    input: { content: plain(content, 'in order') },
    expect: {
      type: formatContentType(encoded.type),
      parameters: encoded.parameters,
      fallback: encoded.fallback ?? null,
      ...(shouldPush === undefined ? {} : { should_push: shouldPush }),
      content_bytes: toHex(encoded.content),
      encoded_content: toHex(bytes),
    },
  }
}

type File = { readonly kind?: string; readonly madeBy: string; readonly cases: readonly Case[] }

function write(folder: string, name: string, { kind = 'content', madeBy, cases }: File): void {
  const file = { kind, made_by: madeBy, cases }
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(file, null, 1)}\n`)
}

function packageOf(typeId: string): string {
  const name = versionOf(`@xmtp/content-type-${packageNames[typeId] ?? typeId}`)
  return `${name}, ${versionOf('@xmtp/proto')}`
}

function versionOf(name: string): string {
  const manifest: unknown = JSON.parse(readFileSync(pathOfPeer(`${name}/package.json`), 'utf8'))
  return `${name} ${(manifest as { version: string }).version}`
}
