/** What the Authorization header says, before anyone checks it. */
export type Presented =
  | { readonly scheme: 'none' }
  | { readonly scheme: 'basic'; readonly username: string; readonly secret: string }
  | { readonly scheme: 'bearer'; readonly secret: string }

/**
 * A header without a known scheme counts as no header: one report of 2025-10 says that a bare token works, which
 * Atlassian did not confirm (community.atlassian.com, qaq-p/3136695).
 */
export const readAuthorization = (header: string | undefined): Presented => {
  const [, scheme, value] = /^(\S+)\s+(\S+)\s*$/.exec(header ?? '') ?? []
  if (scheme === undefined || value === undefined) return { scheme: 'none' }
  if (scheme.toLowerCase() === 'bearer') return { scheme: 'bearer', secret: value }
  if (scheme.toLowerCase() !== 'basic') return { scheme: 'none' }
  const pair = Buffer.from(value, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon < 0) return { scheme: 'basic', username: pair, secret: '' }
  return { scheme: 'basic', username: pair.slice(0, colon), secret: pair.slice(colon + 1) }
}
