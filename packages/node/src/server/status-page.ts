// The page that people see at `/`: what the node is, and how it is doing, read from `/status.json`.

import { createHash } from 'node:crypto'
import type { Page } from './page.ts'
import { statusScript, statusStyle } from './status-page-parts.ts'

let page: Page | undefined

/** The page, the same for everybody. */
export function statusPage(): Page {
  page ??= createPage()
  return page
}

function createPage(): Page {
  const policy = [
    "default-src 'none'",
    `style-src '${sourceHash(statusStyle)}'`,
    `script-src '${sourceHash(statusScript)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'cache-control': 'no-cache',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    vary: 'Accept',
  }
  return { status: 200, headers, body: html }
}

function sourceHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

const figures = [
  ['uptimeMs', 'Running for'],
  ['envelopes', 'Messages kept'],
  ['topics', 'Topics'],
  ['streams', 'Open streams'],
  ['publishedPerMinute', 'Published in the last minute'],
  ['batches', 'Batches of the log'],
  ['store', 'Store'],
  ['version', 'Release'],
] as const

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Posthorn node</title>
<link rel="icon" href="data:,">
<style>${statusStyle}</style>
</head>
<body>
<main>
<h1>Posthorn node</h1>
<p class="state" id="state" role="status">Asking the node …</p>
<p>This node keeps and delivers encrypted messages from wallet to wallet. It cannot read them.</p>
<h2>Now</h2>
<dl>
${figures.map(([id, label]) => `<div><dt>${label}</dt><dd id="${id}">–</dd></div>`).join('\n')}
</dl>
<noscript><p>The numbers need a script; <a href="/status.json">they are also here as JSON</a>.</p></noscript>
<h2>For programs</h2>
<ul>
<li><a href="/healthz"><code>/healthz</code></a>: whether the node lives</li>
<li><a href="/readyz"><code>/readyz</code></a>: whether it takes work</li>
<li><a href="/status.json"><code>/status.json</code></a>: the numbers above</li>
<li><code>xmtp.message_api.v1.MessageApi</code>: gRPC, gRPC-Web and JSON, all on this port</li>
</ul>
</main>
<script>${statusScript}</script>
</body>
</html>
`
