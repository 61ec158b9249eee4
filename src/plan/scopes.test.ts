import { describe, expect, it } from 'vitest'
import { madePlace } from '../../test/support/made-plan.ts'
import { optionalScopes, scopesFor } from './scopes.ts'

describe('a variable that was followed to a tool', () => {
  const variable = (tool: string) =>
    madePlace('v', { consumer: 'variables', uses: [{ operation: 'rest', by: 'ci.yml line 3', followed: true, tool }] })

  it('needs what the tool documents, as if the tool held the secret itself', () => {
    const own = madePlace('r', { consumer: 'renovate', uses: [{ operation: 'rest', by: 'config.js' }] })
    expect(scopesFor([variable('renovate')])).toEqual(scopesFor([own]))
    expect(scopesFor([variable('renovate')])).toContain('write:pullrequest:bitbucket')
  })

  it('names what settings of the tool may need besides', () => {
    expect(optionalScopes([variable('terraform-bitbucket')], [])).toMatchObject([
      { when: 'terraform-bitbucket: its resources ask for it' },
    ])
  })
})
