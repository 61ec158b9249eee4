import { describe, expect, it } from 'vitest'
import { ALICES_EMAIL, FETCH, madePlace, madePlan, REST, SCANNED, SENTINEL } from '../../test/support/made-plan.ts'
import { chooseUsername } from './choose-username.ts'

const owner = { email: ALICES_EMAIL, username: 'alice' }
const both = [FETCH, REST]

describe('one username for git and REST, by what the tool does', () => {
  it.each(['renovate', 'composer', 'codebuild', 'pipelines-as-code', 'nextflow'])(
    '%s gets the e-mail and swaps by itself',
    (consumer) => {
      expect(chooseUsername(madePlace('a', { consumer, uses: both }), 'api-token', owner)).toMatchObject({
        kind: 'use',
        username: ALICES_EMAIL,
        alternative: expect.stringContaining('access token'),
      })
    },
  )

  it.each([
    ['atlantis', SENTINEL, '--bitbucket-api-user'],
    ['sourcebot', ALICES_EMAIL, 'gitUser'],
    ['gickup', SENTINEL, 'email'],
    ['argocd', SENTINEL, 'manifest-generate-paths'],
  ])('%s gets %s here, on a condition about the other side', (consumer, username, field) => {
    const chosen = chooseUsername(madePlace('a', { consumer, uses: both }), 'api-token', owner)
    expect(chosen).toMatchObject({ kind: 'use', username, condition: { text: expect.stringContaining(field) } })
  })

  it.each([
    ['renovate', [SENTINEL, undefined]],
    ['atlantis', [undefined, ALICES_EMAIL]],
    ['sourcebot', [SENTINEL, undefined]],
  ])('%s is proved on the other side under the name that is sent there', (consumer, usernames) => {
    const chosen = chooseUsername(madePlace('a', { consumer, uses: both }), 'api-token', owner)
    expect(chosen.kind === 'use' && chosen.uses?.map(({ username }) => username)).toEqual(usernames)
  })

  it('argocd is proved on one side alone: the other one would be refused, and must not be used', () => {
    const [step] = madePlan([madePlace('a', { consumer: 'argocd', uses: both })]).steps
    expect(step?.uses).toEqual([FETCH])
  })

  it.each([
    ['devlake', 'usesApiToken'],
    ['azure-devops', 'apitoken'],
    ['ghorg', 'GHORG_BITBUCKET_API_TOKEN'],
    ['gitlab', 'bitbucket_email'],
    ['dependabot', 'access token'],
    ['prefect', 'two blocks'],
    ['bamboo', 'plain Git'],
  ])('%s is left to a person, who is told the way out', (consumer, words) => {
    expect(chooseUsername(madePlace('a', { consumer, uses: both }), 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      wayOut: expect.stringContaining(words),
    })
  })

  it('a variable that scripts read for git is told where they do', () => {
    const uses = [REST, { ...FETCH, by: 'ci/release.sh line 5', followed: true as const }]
    const chosen = chooseUsername(madePlace('a', { consumer: 'variables', uses }), 'api-token', owner)
    expect(chosen).toMatchObject({ kind: 'split', wayOut: expect.stringContaining('ci/release.sh line 5') })
  })

  it('an access token serves both where the tool sends it as Bearer, and otherwise cannot be presented to REST', () => {
    const chosen = (consumer: string) => chooseUsername(madePlace('a', { consumer, uses: both }), 'access-token', {})
    expect(chosen('argocd')).toMatchObject({ kind: 'use', username: 'x-token-auth' })
    expect(chosen('renovate')).toMatchObject({ kind: 'impossible', reason: expect.stringContaining('Bearer') })
  })
})

describe('one side alone', () => {
  it('a tool that swaps gets the fixed username where it only fetches: it presents there what it holds', () => {
    expect(chooseUsername(madePlace('a', { consumer: 'renovate' }), 'api-token', owner)).toMatchObject({
      username: SENTINEL,
    })
  })

  it('git takes the username of the owner as well, REST nothing but the e-mail', () => {
    const git = chooseUsername(madePlace('a'), 'api-token', owner)
    const rest = chooseUsername(madePlace('a', { uses: [REST] }), 'api-token', owner)
    expect([git, rest]).toMatchObject([{ usernames: [SENTINEL, 'alice'] }, { usernames: [ALICES_EMAIL] }])
  })

  it.each([
    ['semantic-release', 'BITBUCKET_TOKEN', 'BITBUCKET_TOKEN_BASIC_AUTH'],
    ['buildkit', 'GIT_AUTH_TOKEN', 'GIT_AUTH_HEADER'],
    ['n8n', 'nodes.0.appPassword', 'bitbucketAccessTokenApi'],
  ])('%s takes no API token in %s', (consumer, address, words) => {
    const place = madePlace('a', { consumer, address, username: undefined })
    expect(chooseUsername(place, 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      wayOut: expect.stringContaining(words),
    })
    expect(chooseUsername(place, 'access-token', owner).kind).toBe('none')
  })

  it('a secret without a username is Bearer on REST, and waits for a person where git uses it', () => {
    const alone = (uses: readonly (typeof REST)[]) =>
      madePlace('a', { consumer: 'variables', username: undefined, uses })
    expect(chooseUsername(alone([REST]), 'api-token', owner)).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('Bearer'),
    })
    expect(chooseUsername(alone([FETCH]), 'api-token', owner).kind).toBe('impossible')
  })
})

describe('Branch Source', () => {
  it('takes an access token from a secret text only', () => {
    const { username: _none, ...text } = madePlace('a', { consumer: 'jenkins', uses: SCANNED })
    expect(chooseUsername(madePlace('a', { consumer: 'jenkins', uses: SCANNED }), 'access-token', {}).kind).toBe(
      'impossible',
    )
    expect(chooseUsername(text, 'access-token', {}).kind).toBe('none')
  })

  it('puts its floor into the plan, once for all that it scans', () => {
    const places = ['a', 'b'].map((id) =>
      madePlace(id, { consumer: 'jenkins-home', address: `system/_/${id}`, uses: SCANNED }),
    )
    expect(madePlan(places).conditions).toMatchObject([
      { id: 'c1', text: expect.stringContaining('937.3.5'), steps: ['s1', 's2'] },
    ])
  })
})
