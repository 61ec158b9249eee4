import { issuedLabel } from './issued.ts'
import type { Presented } from './presented.ts'
import type { SandboxWorld } from './world.ts'

/** One request as it may be shown: the secret is named, never printed. */
export interface RecordedRequest {
  /** The sandbox's clock. */
  readonly at: string
  readonly via: 'web' | 'proxy'
  readonly method: string
  readonly host: string
  /** Path and query. */
  readonly path: string
  readonly authorization:
    | { readonly scheme: 'none' }
    | { readonly scheme: 'basic'; readonly username: string; readonly secret: string }
    | { readonly scheme: 'bearer'; readonly secret: string }
  readonly status: number
  /** Why it was answered so. */
  readonly because: string
}

const shapes = /A(?:TATT3|TCTT3)(?:[A-Za-z0-9_=-]|%3D)+|ATBB[0-9A-Za-z]{8,}/g

/** Removes every secret this sandbox issued, and everything shaped like one, from a text of the client. */
export const maskText = (world: SandboxWorld, text: string): string =>
  world
    .issued()
    .flatMap(({ secret }) => [secret, encodeURIComponent(secret)])
    .reduce((masked, secret) => masked.replaceAll(secret, '***'), text)
    .replace(shapes, '***')

const nameSecret = (world: SandboxWorld, secret: string): string => {
  if (secret === '') return 'empty'
  const issued = world.issuedSecret(secret)
  return issued === undefined ? 'unknown secret' : issuedLabel(issued)
}

export const maskAuthorization = (world: SandboxWorld, presented: Presented): RecordedRequest['authorization'] => {
  switch (presented.scheme) {
    case 'none':
      return presented
    case 'bearer':
      return { scheme: 'bearer', secret: nameSecret(world, presented.secret) }
    case 'basic':
      return {
        scheme: 'basic',
        username: maskText(world, presented.username),
        secret: nameSecret(world, presented.secret),
      }
  }
}
