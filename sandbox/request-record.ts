import { secretMark } from './fake-secret.ts'
import { issuedLabel } from './issued.ts'
import type { Presented } from './presented.ts'
import type { SandboxWorld } from './world.ts'

/** One request as it may be shown: the secret is named, never printed. */
export interface RecordedRequest {
  /** Counts from 1; a number stays with its request when older ones are forgotten. */
  readonly number: number
  /** The sandbox's clock. */
  readonly at: string
  readonly via: 'web' | 'proxy' | 'tls'
  readonly method: string
  readonly host: string
  /** Path and query. */
  readonly path: string
  readonly authorization:
    | { readonly scheme: 'none' }
    | { readonly scheme: 'basic'; readonly username: string; readonly secret: string }
    | { readonly scheme: 'bearer'; readonly secret: string }
  /** The one that was sent; `noStatus` when the connection ended before an answer. */
  readonly status: number
  /** Why it was answered so. */
  readonly because: string
}

export const noStatus = 0

const shapes = /A(?:TATT3|TCTT3)(?:[A-Za-z0-9_=-]|%3D)+|ATBB[0-9A-Za-z]{8,}/g

const marked = new RegExp(`[A-Za-z0-9]*${secretMark}(?:[A-Za-z0-9_=-]|%3D)*`, 'g')

/**
 * Removes every secret that a sandbox made, by the mark which all of them carry, and everything shaped like one, from a
 * text of the client. The list of issued secrets is not gone through: that would make each request as slow as it is long.
 */
export const maskText = (text: string): string => text.replace(marked, '***').replace(shapes, '***')

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
        username: maskText(presented.username),
        secret: nameSecret(world, presented.secret),
      }
  }
}
