import { randomBytes } from 'node:crypto'
import { UsageError } from '@posthorn/errors'
import type { DeclareCommand } from '../command.ts'
import { type Protocol, protocols } from '../conformance/api.ts'
import {
  type KitOptions,
  type Result,
  referenceOf,
  runKit,
  selectChecks,
} from '../conformance/run-kit.ts'
import { resultText, scorecardOf, scorecardText } from '../conformance/scorecard.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../failure.ts'
import { parseCount } from '../parse-count.ts'
import { trustCa } from '../trusted-ca.ts'

type Flags = {
  readonly protocol?: string
  readonly only?: string
  readonly timeoutMs: number
  readonly grpcUrl?: string
  readonly grpcWebUrl?: string
  readonly ca?: string
  readonly list?: boolean
  readonly large?: boolean
  readonly quota?: boolean
}

const defaultTimeoutMs = 5_000

/** `posthorn conformance`: scores a node against what XMTP V2 clients rely on. */
export const declareConformance: DeclareCommand = (command, run) => {
  command
    .argument('[url]', 'the node; without it that of --url')
    .option('--protocol <names>', `of ${protocols.join(', ')}; all without it`)
    .option('--only <names>', 'groups or ids of checks')
    .option('--list', 'print the checks, run none')
    .option('--grpc-url <url>', 'where gRPC is spoken, if not at the same address')
    .option('--grpc-web-url <url>', 'where gRPC-Web is spoken, if not at the same address')
    .option('--ca <file>', 'PEM of a certificate to trust besides the usual ones, for https://')
    .option('--timeout-ms <n>', 'how long to wait for a node', parseCount, defaultTimeoutMs)
    .option('--large', 'send requests over 50 MiB, too')
    .option('--quota', 'use up the quota of this address, too')
    .action((url: string | undefined, flags: Flags) =>
      run((context) => (flags.list ? list(context, flags) : score(context, url, flags))),
    )
}

async function list({ output }: Context, flags: Flags): Promise<undefined> {
  for (const { id, title, protocols: own = protocols } of checksOf(flags)) {
    const document = { id, title, reference: referenceOf(id), protocols: own }
    output.result(document, `${id}  ${output.style.dim(title)}`)
  }
  return undefined
}

async function score(context: Context, url = context.url, flags: Flags): Promise<number> {
  checksOf(flags)
  if (flags.ca !== undefined) trustCa(flags.ca)
  const { output } = context
  const results: Result[] = []
  for await (const result of runKit(kitOptionsOf(url, flags))) {
    results.push(result)
    output.result(result, resultText(result, output.style))
  }
  const card = scorecardOf(results)
  output.result({ summary: card }, scorecardText(card, output.style))
  return card.fail === 0 ? exitCodes.ok : exitCodes.failure
}

function kitOptionsOf(url: string, flags: Flags): KitOptions {
  return {
    urls: {
      json: baseUrl(url),
      grpc: baseUrl(flags.grpcUrl ?? url),
      'grpc-web': baseUrl(flags.grpcWebUrl ?? url),
    },
    protocols: protocolsOf(flags.protocol),
    only: namesIn(flags.only),
    timeoutMs: flags.timeoutMs,
    isLarge: flags.large === true,
    isQuota: flags.quota === true,
    nowMs: () => Date.now(),
    randomBytes,
  }
}

function checksOf(flags: Flags) {
  const checks = selectChecks(namesIn(flags.only))
  if (checks.length > 0) return checks
  throw new UsageError(
    'cli/unknown-check',
    `Choose checks: found none called ${JSON.stringify(flags.only)}, wanted ids of --list or their beginnings`,
  )
}

function protocolsOf(text: string | undefined): readonly Protocol[] {
  if (text === undefined) return protocols
  return namesIn(text).map((name) => {
    const known = protocols.find((protocol) => protocol === name)
    if (known !== undefined) return known
    throw new UsageError(
      'cli/bad-protocol',
      `Choose protocols: found ${JSON.stringify(name)}, wanted some of ${protocols.join(', ')}`,
    )
  })
}

function namesIn(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',').map((name) => name.trim())
}

function baseUrl(text: string): string {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, '')
  throw new UsageError(
    'cli/bad-url',
    `Read address of node: found ${JSON.stringify(text)}, wanted http:// or https://`,
  )
}
