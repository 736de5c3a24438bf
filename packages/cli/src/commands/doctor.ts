import { configOptions } from '@posthorn/node'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import type { Check } from '../doctor/check.ts'
import { checkDisk } from '../doctor/check-disk.ts'
import { checkHome, checkKey } from '../doctor/check-key.ts'
import { checkNode } from '../doctor/check-node.ts'
import { checkPorts } from '../doctor/check-ports.ts'
import { checkCrypto, checkNodeVersion } from '../doctor/check-runtime.ts'
import { exitCodes } from '../failure.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'
import { trustCa } from '../trusted-ca.ts'

const nameWidth = 12

/** `posthorn doctor`: one line per check; fails when a check does. */
export const declareDoctor: DeclareCommand = (command, run) => {
  command
    .option('--ca <file>', 'PEM of a certificate to trust besides the usual ones, for https://')
    .action(({ ca }: { readonly ca?: string }) =>
      run((context) => {
        if (ca !== undefined) trustCa(ca)
        return doctor(context)
      }),
    )
}

async function doctor(context: Context): Promise<number> {
  const { output } = context
  const checks = await output.waiting('Looking', lookAtAll(context))
  const isHealthy = checks.every(({ status }) => status !== 'fail')
  const text = checks.map((check) => line(check, output.style)).join('\n')
  output.result({ isHealthy, checks }, text)
  return isHealthy ? exitCodes.ok : exitCodes.failure
}

async function lookAtAll(context: Context): Promise<readonly Check[]> {
  const node = await checkNode(context)
  const isAnswering = node.some(({ name, status }) => name === 'node' && status !== 'fail')
  const nodePort = isAnswering ? localPortOf(context.url) : undefined
  return [
    checkNodeVersion(),
    await checkCrypto(),
    await checkKey(context),
    await checkHome(context),
    await checkDisk(context.home),
    ...node,
    await checkPorts(configOptions['api-port'].default, { nodePort }),
  ]
}

function line({ name, status, found, advice }: Check, style: Style): string {
  const mark = { ok: style.good('ok  '), warn: style.careful('warn'), fail: style.bad('fail') }
  const text = `${mark[status]}  ${name.padEnd(nameWidth)}  ${printable(found)}`
  if (advice === undefined) return text
  return `${text}\n${' '.repeat(nameWidth + 8)}${style.accent(printable(advice))}`
}

function localPortOf(url: string): number | undefined {
  const { hostname, port, protocol } = new URL(url)
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (!isLocal) return undefined
  return port === '' ? { 'http:': 80, 'https:': 443 }[protocol] : Number(port)
}
