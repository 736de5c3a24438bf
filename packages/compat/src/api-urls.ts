// The networks that have names.

/** Addresses of the named networks. */
export const ApiUrls = {
  local: 'http://localhost:5555',
  dev: 'https://dev.xmtp.network',
  production: 'https://production.xmtp.network',
} as const

/** Name of a network. */
export type XmtpEnv = keyof typeof ApiUrls

/** Where options point to: `apiUrl`, or else the network called `env`, or else `dev`. */
export function urlOf({
  apiUrl,
  env,
}: {
  readonly apiUrl?: string | undefined
  readonly env?: XmtpEnv | undefined
}): string {
  return apiUrl || ApiUrls[env ?? 'dev']
}
