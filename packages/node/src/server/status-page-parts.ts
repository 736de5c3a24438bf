// Style and script of the status page. The policy of the page names their hashes, so they stand inside it.

/** Its style: one column, readable on a phone, light or dark as the reader has it. */
export const statusStyle: string = `
:root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fbfaf7; --line: #d9d6ce; --soft: #5b5a55; --good: #1a6b3c; --bad: #a3241c; --link: #1d4f91 }
@media (prefers-color-scheme: dark) { :root { --ink: #ecebe6; --paper: #17181a; --line: #3a3b3e; --soft: #a9a8a2; --good: #6fd39a; --bad: #ff8f85; --link: #8fbcf5 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.55 system-ui, sans-serif }
main { max-width: 42rem; margin: 0 auto; padding: 2rem 1.25rem 3rem }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem }
h2 { font-size: 1.125rem; margin: 2rem 0 .5rem }
a { color: var(--link) }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
code { font-size: .9375em; overflow-wrap: anywhere }
.state { font-weight: 600; margin: 0 0 1rem }
.state[data-state=serving] { color: var(--good) }
.state[data-state=draining], .state[data-state=gone] { color: var(--bad) }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 1px; margin: 0; background: var(--line); border: 1px solid var(--line) }
dl div { background: var(--paper); padding: .75rem .875rem }
dt { color: var(--soft); font-size: .875rem; line-height: 1.3 }
dd { margin: .125rem 0 0; font-size: 1.25rem; font-variant-numeric: tabular-nums }
ul { padding-left: 1.25rem }
`

/** Its script: reads the figures every five seconds while somebody looks. */
export const statusScript: string = `
'use strict'
const words = { serving: 'Up and taking messages', starting: 'Starting', draining: 'Stopping' }
const number = new Intl.NumberFormat()
const ids = ['envelopes', 'topics', 'streams', 'publishedPerMinute', 'batches']
const put = (id, text) => { document.getElementById(id).textContent = text }
const say = (state, text) => {
  const line = document.getElementById('state')
  if (line.textContent !== text) line.textContent = text
  line.dataset.state = state
}
const timeOf = (ms) => {
  const minutes = Math.floor(ms / 60000)
  if (minutes < 1) return Math.floor(ms / 1000) + ' s'
  if (minutes < 60) return minutes + ' min'
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? hours + ' h ' + (minutes % 60) + ' min' : Math.floor(hours / 24) + ' d ' + (hours % 24) + ' h'
}
const refresh = async () => {
  try {
    const response = await fetch('/status.json', { cache: 'no-store' })
    if (!response.ok) throw new Error(response.statusText)
    const figures = await response.json()
    for (const id of ids) put(id, number.format(figures[id]))
    put('uptimeMs', timeOf(figures.uptimeMs))
    put('store', figures.store)
    put('version', figures.version)
    say(figures.state, words[figures.state])
  } catch {
    say('gone', 'The node does not answer')
  }
}
refresh()
setInterval(() => { if (!document.hidden) refresh() }, 5000)
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh() })
`
