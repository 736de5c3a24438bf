import { describe, expect, test } from 'vitest'
import { configOptions, parseConfig } from './config.ts'

describe('configuration', () => {
  test('default is what the SDKs of today call "local"', () => {
    expect(parseConfig()).toMatchObject({
      host: '127.0.0.1',
      'api-port': [5555, 5556, 5557],
      store: 'sqlite',
      auth: 'on',
    })
  })

  test('prefers flags to the environment, and that to the file', () => {
    const file = { host: 'file', data: 'file', auth: 'off', 'api-port': [1, 2] }
    const env = { POSTHORN_HOST: 'env', POSTHORN_DATA: 'env', HOME: 'x' }
    const flags = { host: 'flag', data: undefined }
    expect(parseConfig({ flags, env, file })).toMatchObject({
      host: 'flag',
      data: 'env',
      auth: 'off',
      'api-port': [1, 2],
    })
  })

  test('reads ports as a list, a number or a text', () => {
    const portsOf = (value: unknown) => parseConfig({ flags: { 'api-port': value } })['api-port']
    expect(portsOf('0')).toEqual([0])
    expect(portsOf(7)).toEqual([7])
    expect(portsOf('0,0, 80')).toEqual([0, 0, 80])
  })

  test.each<readonly [string, unknown]>([
    ['api-port', '5555,5555'],
    ['api-port', '65536'],
    ['api-port', '-1'],
    ['api-port', ''],
    ['api-port', []],
    ['api-port', '80;81'],
    ['auth', 'yes'],
    ['auth', true],
    ['store', 'mysql'],
    ['data', ' '],
    ['data', 7],
    ['grace-ms', '5s'],
    ['grace-ms', 1.5],
    ['grace-ms', '99999999999'],
    ['max-connections', 0],
    ['log-level', 'trace'],
  ])('refuses %s of %j and says what is wanted', (name, value) => {
    const parse = () => parseConfig({ flags: { [name]: value } })
    expect(parse).toThrow(expect.objectContaining({ code: 'config/bad-value' }))
    expect(parse).toThrow(new RegExp(`^Read setting ${name}: expected `))
  })

  test('refuses unknown options and suggests the near one', () => {
    expect(() => parseConfig({ flags: { 'api-prot': 1 } })).toThrow('did you mean api-port')
    expect(() => parseConfig({ file: { grace: 1 } })).toThrow('did you mean grace-ms')
    expect(() => parseConfig({ file: { 'quite-other': 1 } })).toThrow('known are data, host')
    expect(() => parseConfig({ file: { constructor: 1 } })).toThrow('unknown option')
  })

  test('refuses slips of the pen in the environment, and leaves other variables alone', () => {
    expect(() => parseConfig({ env: { POSTHORN_API_PORTS: '1' } })).toThrow('did you mean api-port')
    const env = { POSTHORN_HOME: 'x', POSTHORN_KEY: 'y', POSTHORN_HOST: '' }
    expect(parseConfig({ env }).host).toBe('127.0.0.1')
  })

  test.each([[[]], ['text'], [null], [5]])('refuses a file of %j', (file) => {
    expect(() => parseConfig({ file })).toThrow(
      expect.objectContaining({ code: 'config/bad-file' }),
    )
  })

  test('takes every default of its own from the environment', () => {
    const env = Object.fromEntries(
      Object.entries(configOptions).map(([name, option]) => [
        `POSTHORN_${name.toUpperCase().replaceAll('-', '_')}`,
        String(option.default),
      ]),
    )
    expect(parseConfig({ env })).toEqual(parseConfig())
  })
})
