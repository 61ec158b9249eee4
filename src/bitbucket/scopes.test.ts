import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operations } from '../../sandbox/bitbucket/operation-index.ts'
import type { RestResource } from '../model/use.ts'
import { resourceOfPath, scopesOfUse, withReading } from './scopes.ts'

const names = (scopes: readonly string[]) => scopes.map((scope) => scope.replace(':bitbucket', ''))

describe('the scopes of a use', () => {
  it.each([
    ['a fetch', { operation: 'git-fetch' }, ['read:repository']],
    ['a push, which reads, too', { operation: 'git-push' }, ['read:repository', 'write:repository']],
    ['a download from the web host', { operation: 'web' }, ['read:repository']],
    ['REST of which nothing is known', { operation: 'rest' }, ['read:repository']],
    [
      'a build status, which is written by reading',
      { operation: 'rest', resource: 'build status', access: 'write' },
      ['read:repository'],
    ],
    [
      'a pull request that is opened',
      { operation: 'rest', resource: 'pull request', access: 'write' },
      ['read:pullrequest', 'write:pullrequest'],
    ],
    [
      'a comment on one',
      { operation: 'rest', resource: 'pull request comment', access: 'write' },
      ['read:pullrequest'],
    ],
    [
      'access keys that are listed',
      { operation: 'rest', resource: 'repository settings', access: 'read' },
      ['admin:repository'],
    ],
    [
      'a variable of Pipelines that is set',
      { operation: 'rest', resource: 'pipeline variable', access: 'write' },
      ['admin:pipeline'],
    ],
    ['a webhook that is removed', { operation: 'rest', resource: 'webhook', access: 'delete' }, ['delete:webhook']],
    ['the listing of workspaces', { operation: 'rest', resource: 'workspace', access: 'read' }, ['read:workspace']],
  ] as const)('%s', (_, use, scopes) => {
    expect(names(scopesOfUse(use))).toEqual(scopes)
  })
})

describe('what a path is about', () => {
  it.each<[string, RestResource | undefined]>([
    ['/2.0/repositories/acme/app', 'repository itself'],
    ['/2.0/repositories/acme', undefined],
    ['/2.0/repositories/$BITBUCKET_REPO_FULL_NAME/pullrequests', 'pull request'],
    ['/2.0/repositories/acme/$(basename', undefined],
    ['/2.0/repositories/acme/app/src/main/readme', undefined],
    ['/2.0/repositories/acme/app/commit/abc/statuses/build', 'build status'],
    ['/2.0/repositories/acme/app/downloads', 'download'],
    ['/2.0/repositories/acme/app/pullrequests/7', 'pull request'],
    ['/2.0/repositories/acme/app/pullrequests/7/comments', 'pull request comment'],
    ['/2.0/repositories/acme/app/hooks', 'webhook'],
    ['/2.0/repositories/acme/app/pipelines/', 'pipeline'],
    ['/2.0/repositories/acme/app/pipelines_config', 'repository settings'],
    ['/2.0/repositories/acme/app/pipelines_config/variables/1', 'pipeline variable'],
    ['/2.0/repositories/acme/app/branch-restrictions', 'repository settings'],
    ['/2.0/workspaces/acme/projects/APP', 'project'],
    ['/2.0/workspaces/acme', 'workspace'],
    ['/2.0/user', 'user'],
    ['/2.0/user/workspaces', 'workspace'],
    ['/2.0/snippets/acme', 'snippet'],
    ['', undefined],
  ])('%s', (path, resource) => {
    expect(resourceOfPath(path)).toBe(resource)
  })
})

/** Gone since CHANGE-2770, or for add-ons of Connect alone. */
const NOT_FOR_TOKENS = ['/workspaces', '/user/permissions/workspaces', '/addon/{addon_key}/client-key']

describe('every operation that Bitbucket publishes', () => {
  const asked = operations.filter(({ scopes, template }) => scopes.length > 0 && !NOT_FOR_TOKENS.includes(template))

  it.each(asked)(
    '$method $template is asked for with its own scopes, and what it reads',
    ({ method, template, scopes }) => {
      const access = method === 'GET' ? 'read' : method === 'DELETE' ? 'delete' : 'write'
      const resource = resourceOfPath(`/2.0${template.replace('{workspace}', 'acme').replace('{repo_slug}', 'app')}`)
      const use = { operation: 'rest', access, ...(resource === undefined ? {} : { resource }) } as const
      expect(withReading(scopesOfUse(use))).toEqual(withReading(scopes))
    },
  )
})

describe('nobody writes what they cannot read', () => {
  const scope = fc
    .tuple(
      fc.constantFrom('read', 'write', 'delete', 'admin'),
      fc.constantFrom('repository', 'pullrequest', 'webhook', 'pipeline', 'permission'),
    )
    .map(([access, resource]) => `${access}:${resource}:bitbucket`)

  it('whatever is asked for, and asking again adds nothing', () => {
    fc.assert(
      fc.property(fc.array(scope), (asked) => {
        const scopes = withReading(asked)
        const alone = scopes.filter(
          (one) => /^(?:write|delete):(?!permission)/.test(one) && !scopes.includes(one.replace(/^\w+/, 'read')),
        )
        expect(alone).toEqual([])
        expect(withReading(scopes)).toEqual(scopes)
        expect(new Set(scopes).size).toBe(scopes.length)
      }),
    )
  })
})
