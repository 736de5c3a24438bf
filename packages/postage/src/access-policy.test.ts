import { describe, expect, test } from 'vitest'
import { compileAccess } from './access-policy.ts'
import { listKey, readAccessSetting, readListKey } from './access-setting.ts'
import { parseIpAddress } from './ip-address.ts'
import { defaultLimits } from './limit.ts'
import { readSubject, subjectText } from './subject.ts'

const alice = '0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B'
const caller = (account?: string, address?: string) => ({
  account: account?.toLowerCase(),
  address: address === undefined ? undefined : parseIpAddress(address),
})
const compiled = (...keys: readonly string[]) =>
  compileAccess(new Map(keys.map((key) => [key, key === 'access/mode' ? 'allow-list' : {}])))

describe('compileAccess', () => {
  test('default: everybody may do everything, at the published limits', () => {
    const policy = compileAccess(new Map())
    expect(policy).toMatchObject({ mode: 'open', privilegedFactor: 4, unreadable: [] })
    expect(policy.limits).toEqual({
      read: { burst: 20_000, perMinute: 4_000 },
      publish: { burst: 3_000, perMinute: 600 },
      register: { burst: 300, perMinute: 60 },
    })
    expect(policy.judge('publish', caller(alice, '192.0.2.1'))).toBe('granted')
  })

  test.each([
    ['the checksum', alice],
    ['lower case', alice.toLowerCase()],
    ['upper case', `0x${alice.slice(2).toUpperCase()}`],
  ])('behavior: an account denied in %s is denied', (_case, account) => {
    const policy = compiled(`access/deny/publish/${account}`)
    expect(policy.judge('publish', caller(alice))).toBe('denied-account')
    expect(policy.judge('register', caller(alice))).toBe('granted')
    expect(policy.judge('publish', caller())).toBe('granted')
  })

  test('behavior: the two powers have lists of their own', () => {
    const policy = compiled('access/mode', `access/allow/register/${alice}`)
    expect(policy.judge('register', caller(alice))).toBe('granted')
    expect(policy.judge('publish', caller(alice))).toBe('not-listed')
    expect(policy.judge('register', caller())).toBe('not-listed')
  })

  test.each([
    ['access/allow/publish/192.0.2.0/24', '192.0.2.200', 'granted'],
    ['access/allow/publish/192.0.2.0/24', '192.0.3.1', 'not-listed'],
    ['access/allow/publish/2001:db8::/32', '2001:db8:ffff::1', 'granted'],
    ['access/allow/publish/2001:db8::/32', '2001:db9::1', 'not-listed'],
    ['access/privileged/192.0.2.7', '192.0.2.7', 'granted'],
  ])('behavior: on the allow list with %s, %s is %s', (key, address, verdict) => {
    expect(compiled('access/mode', key).judge('publish', caller(undefined, address))).toBe(verdict)
  })

  test.each([
    [`access/allow/publish/${alice}`, 'access/deny/publish/192.0.2.0/24', 'denied-address'],
    ['access/allow/publish/192.0.2.1', `access/deny/publish/${alice}`, 'denied-account'],
    ['access/allow/publish/192.0.2.1', 'access/deny/publish/0.0.0.0/0', 'denied-address'],
    ['access/privileged/192.0.2.1', `access/deny/publish/${alice}`, 'denied-account'],
  ])('behavior: of %s and %s, denying wins', (granting, denying, verdict) => {
    for (const keys of [
      [granting, denying],
      [denying, granting],
    ]) {
      const policy = compiled(...keys)
      expect(policy.judge('publish', caller(alice, '192.0.2.1'))).toBe(verdict)
    }
  })

  test('behavior: only the addresses that may not publish may not read', () => {
    const policy = compiled('access/deny/publish/192.0.2.1', 'access/deny/register/192.0.2.2')
    const shutOut = ['192.0.2.1', '192.0.2.2'].map((text) => {
      const address = parseIpAddress(text)
      return address && policy.isShutOut(address)
    })
    expect(shutOut).toEqual([true, false])
  })

  test('behavior: what cannot be read applies to nobody, and a mode that cannot be read to all', () => {
    const settings = new Map<string, unknown>([
      ['access/mode', 'postage'],
      ['access/deny/publish/example.org', {}],
      ['access/deny/fly/192.0.2.1', {}],
      ['limits/publish', { burst: 0, perMinute: 1 }],
      ['limits/fly', '1/1'],
      ['retention/test', 1],
    ])
    const policy = compileAccess(settings)
    expect(policy.mode).toBe('allow-list')
    expect(policy.limits).toEqual(defaultLimits)
    expect(policy.unreadable).toEqual([...settings.keys()].slice(0, 5))
  })

  test('behavior: a comment of any kind does not lift a ban', () => {
    const key = `access/deny/publish/${alice}`
    for (const value of [undefined, null, 7, { comment: 8 }, { comment: 'x'.repeat(500) }]) {
      const policy = compileAccess(new Map([[key, value]]))
      expect(policy.judge('publish', caller(alice))).toBe('denied-account')
      expect(policy.entries[0]?.comment.length).toBeLessThanOrEqual(200)
    }
  })

  test('behavior: settings weigh more than what the node was started with', () => {
    const defaults = {
      mode: 'allow-list',
      limits: { publish: { burst: 5, perMinute: 5 }, read: { burst: 6, perMinute: 6 } },
    } as const
    const settings = new Map<string, unknown>([
      ['access/mode', 'open'],
      ['limits/publish', { burst: 7, perMinute: 7 }],
      ['limits/publish/v2-invite', '8/9'],
      ['limits/privileged', 10],
    ])
    expect(compileAccess(new Map(), defaults).mode).toBe('allow-list')
    expect(compileAccess(settings, defaults)).toMatchObject({
      mode: 'open',
      privilegedFactor: 10,
      limits: {
        publish: { burst: 7, perMinute: 7 },
        'publish/v2-invite': { burst: 8, perMinute: 9 },
        read: { burst: 6, perMinute: 6 },
        register: defaultLimits.register,
      },
    })
  })
})

describe('readAccessSetting', () => {
  test.each([
    ['access/mode', 'closed', 'wanted one of open, allow-list'],
    ['access/allow/speak/192.0.2.1', {}, 'wanted one of register, publish'],
    ['access/allow/publish/alice.eth', {}, 'wanted an account (0x and 40 hex digits)'],
    [`access/allow/publish/${alice.slice(0, -1)}`, {}, 'wanted an account'],
    ['access/forbid/publish/192.0.2.1', {}, 'wanted access/mode'],
    ['limits/publish/contact', '1/1', 'wanted one of read'],
    ['limits/publish', '3000', 'integers from 1 to 10000000: 3000/600'],
    ['limits/publish', { burst: 1.5, perMinute: 1 }, 'integers from 1'],
    ['limits/publish', { burst: 10_000_001, perMinute: 1 }, 'integers from 1'],
    ['limits/privileged', 11, 'an integer from 1 to 10'],
  ])('error: %s with %j, the text says what would do', (key, value, words) => {
    expect(() => readAccessSetting(key, value)).toThrow(words)
  })
})

test.each([
  'access/privileged/192.0.2.0/24',
  'access/deny/register/2001:db8::/32',
  `access/allow/publish/${alice.toLowerCase()}`,
])('the key %s is that of the entry it names', (key) => {
  expect(listKey(readListKey(key))).toBe(key)
})

test.each([
  [alice, alice.toLowerCase()],
  [' 192.0.2.1 ', '192.0.2.1/32'],
  ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
])('the subject %j is kept as %s', (text, kept) => {
  expect(subjectText(readSubject(text))).toBe(kept)
})
