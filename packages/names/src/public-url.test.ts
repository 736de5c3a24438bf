import { expect, test } from 'vitest'
import { isPublicUrl } from './public-url.ts'

test.each([
  'https://gateway.example/a?b',
  'https://gateway.example:8443',
  'https://8.8.8.8/',
  'https://[2606:4700::1111]/',
  'https://172.32.0.1/',
  'https://100.63.0.1/',
  'https://xn--bcher-kva.example/',
])('%s is public', (url) => {
  expect(isPublicUrl(new URL(url))).toBe(true)
})

test.each([
  'http://gateway.example/',
  'ftp://gateway.example/',
  'data:text/plain,a',
  'file:///etc/passwd',
  'https://user@gateway.example/',
  'https://:secret@gateway.example/',
  'https://localhost/',
  'https://localhost./',
  'https://gateway/',
  'https://printer.local/',
  'https://db.internal./',
  'https://a.localhost/',
  'https://nas.home.arpa/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://0.0.0.0/',
  'https://10.1.2.3/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.168.1.1/',
  'https://192.0.0.170/',
  'https://198.18.0.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
  'https://[ff02::1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001:0:1::]/',
  'https://[2001::1]/',
])('%s is not public', (url) => {
  expect(isPublicUrl(new URL(url))).toBe(false)
})
