import type { Hindrance } from './place.ts'

/** A credential may hold the secret of another host that it is given to, and whatever is put there reaches that host. */
export function sharedWith(by: string, host: string, byHand: string): Hindrance {
  return {
    kind: 'not writable',
    reason: `${by} fetches from ${host} with it: it may hold the secret of that host, and what is put there reaches it`,
    wayOut: `Give the jobs at Bitbucket a credential of their own and plan again, or change it ${byHand}.`,
  }
}
