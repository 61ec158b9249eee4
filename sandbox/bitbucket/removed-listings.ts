import type { Stage } from '../reply.ts'
import type { FoundOperation } from './operation-index.ts'

/** Cross-workspace listings, removed on 2026-04-14: github.com/woodpecker-ci/woodpecker/issues/6494. */
const confirmed = new Set(['GET /repositories', 'GET /workspaces', 'GET /user/permissions/repositories'])

/** community.atlassian.com qaa-p/3167566: goes with the same change. */
const announced = 'GET /user/permissions/workspaces'

/** The issue tracker went with CHANGE-3401, and out of the OpenAPI document. */
const issueTracker = /^\/2\.0\/repositories\/[^/]+\/[^/]+\/issues(\/|$)/

/** The change that removed what this request asks for. */
export const removalOf = (stage: Stage, path: string, found: FoundOperation): string | undefined => {
  if (issueTracker.test(path)) return 'CHANGE-3401'
  if (found.kind !== 'found') return undefined
  const { id, deprecated } = found.operation
  const { unconfirmedRemovals } = stage.switches
  const gone =
    confirmed.has(id) ||
    (id === announced && unconfirmedRemovals !== 'none') ||
    (deprecated && unconfirmedRemovals === 'all deprecated')
  return gone ? 'CHANGE-2770' : undefined
}
