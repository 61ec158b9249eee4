/** The hosts that exist behind the proxy. Every other one is refused. */
export const emulatedHosts = [
  'bitbucket.org',
  'www.bitbucket.org',
  'api.bitbucket.org',
  'bbuseruploads.s3.amazonaws.com',
  'id.atlassian.com',
  'api.atlassian.com',
  'acme.atlassian.net',
] as const

export type EmulatedHost = (typeof emulatedHosts)[number]

export const isEmulatedHost = (name: string): name is EmulatedHost =>
  emulatedHosts.some((host) => host === name.toLowerCase())

const byPrefix: readonly (readonly [RegExp, EmulatedHost])[] = [
  [/^\/(2\.0|1\.0)(\/|$)/, 'api.bitbucket.org'],
  [/^\/_uploads\//, 'bbuseruploads.s3.amazonaws.com'],
  [/^\/(manage-profile|login|logout)(\/|$)/, 'id.atlassian.com'],
  [/^\/users\/[^/]+\/manage\//, 'api.atlassian.com'],
  [/^\/rest\/api\//, 'acme.atlassian.net'],
]

/** On the plain loopback port all hosts share one address, so the path decides which one is meant. */
export const hostOfPath = (path: string): EmulatedHost =>
  byPrefix.find(([prefix]) => prefix.test(path))?.[1] ?? 'bitbucket.org'
