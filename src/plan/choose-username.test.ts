import { describe, expect, it } from 'vitest'
import {
  ALICES,
  ALICES_EMAIL,
  FETCH,
  madeJob,
  madePlace,
  madePlan,
  REST,
  SCANNED,
  SENTINEL,
} from '../../test/support/made-plan.ts'
import type { Use } from '../model/use.ts'
import { chooseUsername } from './choose-username.ts'

const owner = { email: ALICES_EMAIL, username: 'alice' }
const both = [FETCH, REST]
const alone = (consumer: string, uses: readonly Use[]) => madePlace('a', { consumer, username: undefined, uses })

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
    ['semantic-release', 'BITBUCKET_TOKEN', 'BITBUCKET_TOKEN_BASIC_AUTH', 'none'],
    ['renovate', 'module.exports.token', 'username, the e-mail', 'none'],
    ['renovate', 'RENOVATE_TOKEN', 'username, the e-mail', 'none'],
    ['n8n', 'nodes.0.appPassword', 'bitbucketAccessTokenApi', 'none'],
    ['buildkit', 'GIT_AUTH_TOKEN', 'GIT_AUTH_HEADER', 'impossible'],
    ['buildkit', 'args.GIT_AUTH_TOKEN.bitbucket.org', 'x-token-auth:TOKEN', 'impossible'],
    ['r10k', 'git.oauth_token', 'shellgit', 'impossible'],
  ])('%s takes no API token in %s', (consumer, address, words, withAccessToken) => {
    const place = madePlace('a', { consumer, address, username: undefined, uses: [FETCH, REST] })
    expect(chooseUsername(place, 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      wayOut: expect.stringContaining(words),
    })
    expect(chooseUsername(place, 'access-token', owner).kind).toBe(withAccessToken)
  })

  it('BuildKit sends a fixed name of its own, so no username is put there', () => {
    const place = madePlace('a', { consumer: 'buildkit', address: 'GIT_AUTH_TOKEN', username: 'x-access-token' })
    for (const kind of ['api-token', 'access-token'] as const)
      expect(chooseUsername(place, kind, owner).kind).toBe('impossible')
  })

  it('an app password without a username was sent under one, which somebody has to change with it', () => {
    const uses = [{ ...REST, by: 'ci/release.sh line 5', followed: true as const }]
    const chosen = (kind: 'app-password' | 'access-token', at: readonly Use[]) =>
      chooseUsername(madePlace('a', { consumer: 'variables', username: undefined, kind, uses: at }), 'api-token', owner)
    expect(chosen('app-password', [REST])).toMatchObject({ kind: 'none', condition: expect.anything() })
    expect(chosen('app-password', uses)).toMatchObject({
      condition: { wayOut: expect.stringContaining('ci/release.sh line 5') },
    })
    expect(chosen('access-token', uses)).not.toHaveProperty('condition')
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

  it('a header of git without a username gets one for an API token, and stays Bearer for an access token', () => {
    const made = { consumer: 'git-config', address: 'http.extraHeader', username: undefined }
    const header = madePlace('a', made)
    expect(chooseUsername(header, 'api-token', owner)).toMatchObject({ kind: 'use', username: SENTINEL })
    expect(chooseUsername(header, 'access-token', owner).kind).toBe('none')
    const url = madePlace('a', { ...made, address: 'remote.origin.url' })
    expect(chooseUsername(url, 'api-token', owner).kind).toBe('impossible')
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

it('Git Credential Manager gets a token on the condition that it does not validate it over REST', () => {
  const place = madePlace('a', { consumer: 'gcm', uses: [FETCH] })
  expect(chooseUsername(place, 'api-token', owner)).toMatchObject({
    username: SENTINEL,
    condition: { wayOut: expect.stringContaining('bitbucketValidateStoredCredentials false') },
  })
  expect(chooseUsername(place, 'access-token', owner)).toHaveProperty('condition')
})

describe('where no username was found', () => {
  it.each([
    ['renovate', 'under the e-mail only'],
    ['atlantis', 'under a fixed one only'],
    ['variables', 'under different ones'],
  ])('none is made up for %s, which has no field for it', (consumer, words) => {
    expect(chooseUsername(alone(consumer, both), 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      reason: expect.stringContaining(words),
    })
    expect(madePlan([alone(consumer, both)]).steps).toEqual([])
  })

  it('a token alone in a URL is left to a person, but where a username can be put before it', () => {
    const inUrl = (consumer: string, uses: readonly Use[]) => ({
      ...madePlace('a', { consumer, username: undefined, uses }),
      secret: { kind: 'access-token' as const, encoding: 'percent' as const },
    })
    expect(chooseUsername(inUrl('npm', [FETCH]), 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      wayOut: expect.stringContaining('Write x-bitbucket-api-token-auth: and the new token'),
    })
    expect(chooseUsername(inUrl('pip', [REST]), 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      wayOut: expect.stringContaining('e-mail'),
    })
    expect(chooseUsername(inUrl('git-config', [FETCH]), 'api-token', owner)).toMatchObject({ username: SENTINEL })
  })

  it('a secret that is presented under a name elsewhere is not taken for Bearer, and the name is told where it stands', () => {
    const uses = [{ ...REST, by: 'ci.sh line 3', followed: true as const, spelled: 'beside a name' as const }]
    expect(chooseUsername(alone('settings', uses), 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      wayOut: expect.stringContaining('(ci.sh line 3): put the e-mail there'),
    })
  })

  it('a variable of a tool that swaps the username is told the one that the tool wants', () => {
    const of = { by: 'config.js line 4', followed: true, tool: 'renovate' } as const
    const uses = [
      { operation: 'rest', ...of },
      { operation: 'git-fetch', ...of },
    ] as const
    expect(chooseUsername(alone('token', uses), 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      wayOut: expect.stringContaining('(config.js line 4): put the e-mail there'),
    })
  })

  it('a secret that is presented under a name which is written there gets no other name beside it', () => {
    const uses = [{ ...REST, by: 'ci.sh line 3', followed: true as const, spelled: 'under a name of its own' as const }]
    expect(chooseUsername(madePlace('a', { consumer: 'variables', uses }), 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      wayOut: expect.stringContaining('where it is read (ci.sh line 3), then plan again'),
    })
  })

  it('a name that is put into a URL as it is gets no e-mail, which would break the URL', () => {
    const uses = [{ ...REST, by: 'ci.sh line 3', followed: true as const, spelled: 'in a URL' as const }]
    const pair = madePlace('a', { consumer: 'variables', uses })
    expect(chooseUsername(pair, 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      wayOut: expect.stringContaining('ci.sh line 3'),
    })
    expect(chooseUsername({ ...pair, uses: [FETCH] }, 'api-token', owner)).toMatchObject({ username: SENTINEL })
  })

  it('a variable whose readers were found is told what to write there', () => {
    const uses = [REST, { ...FETCH, by: 'ci/release.sh line 5', followed: true as const }]
    expect(chooseUsername(alone('variables', uses), 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      wayOut: expect.stringMatching(
        /git URLs themselves \(ci\/release\.sh line 5\) and the e-mail where REST is asked/,
      ),
    })
  })

  it('the file that reads the variable has the username', () => {
    const uses = [{ ...FETCH, by: 'jenkins.yaml line 9', followed: true as const }]
    expect(chooseUsername(alone('variables', uses), 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      wayOut: expect.stringContaining('(jenkins.yaml line 9): put x-bitbucket-api-token-auth there'),
    })
  })

  it('a tool that wants another field says which', () => {
    expect(chooseUsername(alone('devlake', both), 'api-token', owner)).toMatchObject({
      wayOut: expect.stringContaining('usesApiToken'),
    })
  })

  it('a secret text of Jenkins that serves both sides is not split: it has no username', () => {
    const text = alone('jenkins', [...SCANNED, { ...FETCH, by: 'job one', reference: madeJob('one') }])
    expect(madePlan([text], { creating: new Set(['jenkins']) }).steps).toEqual([])
  })

  it('git needs one for an access token all the same, unless the tool puts it in', () => {
    const chosen = (consumer: string, uses: readonly Use[]) => chooseUsername(alone(consumer, uses), 'access-token', {})
    expect(chosen('variables', [FETCH])).toMatchObject({
      kind: 'none',
      condition: { text: expect.stringContaining('x-token-auth') },
    })
    expect(chosen('rancher-fleet', [FETCH])).toHaveProperty('condition')
    expect(chosen('variables', [REST])).not.toHaveProperty('condition')
    expect(chosen('renovate', both)).not.toHaveProperty('condition')
    const { steps, conditions } = madePlan([alone('variables', [FETCH])], {
      tokens: [{ ...ALICES, name: 'repo', kind: 'access-token' }],
      policy: { token: 'repo' },
    })
    expect([steps.length, conditions?.map(({ steps: of }) => of)]).toEqual([1, [['s1']]])
  })
})

describe('a tool whose second field wants the e-mail', () => {
  const atlantis = madePlace('a', { consumer: 'atlantis', uses: both })
  const { email: _, ...nameless } = ALICES

  it('waits for a person where the vault does not know it', () => {
    expect(madePlan([atlantis], { tokens: [nameless] })).toMatchObject({
      steps: [],
      manual: [{ wayOut: expect.stringContaining('--email ADDRESS') }],
    })
  })

  it('gets its username for git while the token is awaited', () => {
    expect(madePlan([atlantis], { tokens: [] }).steps.map(({ to }) => to)).toEqual([
      { username: { set: SENTINEL }, request: 't1' },
    ])
  })
})

describe('Git Credential Manager', () => {
  const managed = madePlace('a', { consumer: 'gcm' })

  it('gets the name of git, and what its own check of the token wants is told', () => {
    const { steps, requests, conditions } = madePlan([managed], { tokens: [] })
    expect(steps.map(({ to }) => to.username)).toEqual([{ set: SENTINEL }])
    expect(requests[0]?.optional).toEqual([
      { scopes: ['read:user:bitbucket'], when: 'gcm: it checks what it has stored' },
    ])
    expect(conditions?.map(({ wayOut }) => wayOut)).toEqual([
      'Switch the check off: git config --global credential.bitbucketValidateStoredCredentials false',
    ])
  })
})

describe('which side a username is for', () => {
  const chosen = (host: string, uses: readonly Use[]) =>
    chooseUsername(madePlace('a', { consumer: 'curlrc', host, uses }), 'api-token', owner)

  it.each([
    ['bitbucket.org', [], SENTINEL],
    ['api.bitbucket.org', [], ALICES_EMAIL],
    ['api.bitbucket.org', [FETCH], SENTINEL],
    ['bitbucket.org', [REST], ALICES_EMAIL],
  ])('what is for %s and used for %o gets %s', (host, uses, username) => {
    expect(chosen(host, uses)).toMatchObject({ kind: 'use', username })
  })

  it.each(['under a name of its own', 'in a URL'] as const)('git takes the fixed name also %s', (spelled) => {
    expect(chosen('bitbucket.org', [{ ...FETCH, spelled }])).toMatchObject({ kind: 'use', username: SENTINEL })
  })

  it.each(['under a name of its own', 'in a URL'] as const)(
    'an access token is no matter of names on REST, %s',
    (spelled) => {
      const place = madePlace('a', { consumer: 'variables', uses: [{ ...REST, spelled }] })
      expect(chooseUsername(place, 'access-token', owner)).toMatchObject({
        kind: 'impossible',
        reason: expect.stringContaining('Bearer only'),
      })
    },
  )

  it('a tool that sends access tokens to REST as Bearer has one name for them, whatever it does', () => {
    for (const uses of [[REST], [FETCH], both])
      expect(chooseUsername(madePlace('a', { consumer: 'argocd', uses }), 'access-token', {})).toMatchObject({
        kind: 'use',
        username: 'x-token-auth',
        usernames: ['x-token-auth'],
      })
  })

  it('an access token for both sides waits for a person where nothing tells of Bearer', () => {
    expect(chooseUsername(madePlace('a', { consumer: 'variables', uses: both }), 'access-token', owner).kind).toBe(
      'impossible',
    )
  })
})

describe('a username where none stands', () => {
  it.each(['netrc', 'git-credentials'])('is written into an entry of %s that has a place for it', (consumer) => {
    const bare = madePlace('a', { consumer, username: undefined })
    const paired = { ...bare, secret: { kind: 'app-password', encoding: 'base64-pair' } } as const
    expect(chooseUsername(paired, 'api-token', owner)).toMatchObject({ kind: 'use', username: SENTINEL })
    expect(chooseUsername(bare, 'api-token', owner).kind).toBe(consumer === 'netrc' ? 'use' : 'impossible')
  })

  it('is wanted before the @ of a URL by an access token under its own name, and by both sides as the e-mail', () => {
    const inUrl = (uses: readonly Use[], consumer = 'npm') => ({
      ...madePlace('a', { consumer, username: undefined, uses }),
      secret: { kind: 'app-password' as const, encoding: 'percent' as const },
    })
    const wayOut = (words: string) => ({ kind: 'impossible', wayOut: expect.stringContaining(words) })
    expect(chooseUsername(inUrl([FETCH]), 'access-token', owner)).toMatchObject(wayOut('Write x-token-auth:'))
    expect(chooseUsername(inUrl(both), 'api-token', owner)).toMatchObject(wayOut('Write the e-mail (@ as %40)'))
    expect(chooseUsername(inUrl([FETCH], 'token'), 'api-token', owner)).toMatchObject(wayOut('Find where its username'))
  })

  it('is not made up where nothing tells what the secret is used for', () => {
    expect(chooseUsername(alone('settings', []), 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      wayOut: expect.stringMatching(/^Find where its username is set, and change both by hand/),
    })
  })

  it('goes with an account password, too, and its reader is named only where it is known', () => {
    const place = madePlace('a', { consumer: 'variables', username: undefined, kind: 'account-password', uses: [REST] })
    expect(chooseUsername(place, 'api-token', owner)).toMatchObject({
      kind: 'none',
      condition: { wayOut: 'Find its username, and put the e-mail there.' },
    })
  })

  it.each([
    [3, '(ci.sh line 1, ci.sh line 2, ci.sh line 3)'],
    [5, '(ci.sh line 1, ci.sh line 2, ci.sh line 3 and 2 more)'],
  ])('of %i readers three are named', (count, named) => {
    const uses = Array.from({ length: count }, (_, at) => ({
      ...FETCH,
      by: `ci.sh line ${at + 1}`,
      followed: true as const,
    }))
    expect(chooseUsername(alone('variables', uses), 'api-token', owner)).toMatchObject({
      wayOut: expect.stringContaining(named),
    })
  })

  it('is told by the tool only where one tool alone reads the variable', () => {
    const uses = (...tools: readonly string[]): readonly Use[] =>
      tools.flatMap((tool) => [
        { operation: 'rest', by: `${tool}.js`, tool } as const,
        { operation: 'git-fetch', by: `${tool}.js`, tool } as const,
      ])
    const reason = (words: string) => ({ kind: 'impossible', reason: expect.stringContaining(words) })
    expect(chooseUsername(alone('token', uses('renovate')), 'api-token', owner)).toMatchObject(
      reason('the tool takes an API token under the e-mail only'),
    )
    expect(chooseUsername(alone('token', uses('renovate', 'composer')), 'api-token', owner)).toMatchObject(
      reason('under different ones'),
    )
    expect(chooseUsername(alone('token', both), 'api-token', owner)).toMatchObject(reason('under different ones'))
  })

  it('is no matter for a tool that cannot sign in to both with an API token', () => {
    expect(chooseUsername(alone('dependabot', both), 'api-token', owner)).toMatchObject({
      kind: 'impossible',
      unserved: true,
    })
  })
})

describe('what a person is told', () => {
  it('for a place that serves both sides and whose readers nobody knows: two credentials', () => {
    const chosen = chooseUsername(madePlace('a', { consumer: 'variables', uses: both }), 'api-token', owner)
    expect(chosen).toMatchObject({ kind: 'split', wayOut: expect.stringContaining('Use two credentials') })
  })

  it('for a tool that has another field for API tokens: that what stands here is not it', () => {
    expect(chooseUsername(madePlace('a', { consumer: 'devlake', uses: both }), 'api-token', owner)).toMatchObject({
      reason: 'the tool takes API tokens in another field than what stands here',
    })
  })

  it('for Branch Source: an access token belongs into a secret text, and the e-mail comes with the token', () => {
    const place = madePlace('a', { consumer: 'jenkins', uses: SCANNED })
    expect(chooseUsername(place, 'access-token', owner)).toMatchObject({
      kind: 'impossible',
      wayOut: expect.stringContaining('Secret text'),
    })
    expect(chooseUsername(place, 'api-token', {}).kind).toBe('e-mail missing')
    expect(chooseUsername(place, 'api-token', owner)).toMatchObject({
      username: ALICES_EMAIL,
      reason: expect.stringContaining('puts the fixed username in for git by itself'),
    })
  })

  it('for a secret that is no token: nothing about an e-mail', () => {
    const place = madePlace('a', { consumer: 'curlrc', uses: [REST] })
    expect(chooseUsername(place, 'api-token', {}).kind).toBe('e-mail missing')
    expect(chooseUsername(place, 'account-password', {}).kind).toBe('impossible')
  })
})

describe('the usernames among which a person may choose', () => {
  const usernames = (kind: 'api-token' | 'access-token', username?: string) =>
    chooseUsername(madePlace('a'), kind, username === undefined ? {} : { username })

  it.each([
    ['api-token', 'alice', [SENTINEL, 'alice']],
    ['api-token', SENTINEL, [SENTINEL]],
    ['api-token', ALICES_EMAIL, [SENTINEL]],
    ['api-token', undefined, [SENTINEL]],
    ['access-token', 'alice', ['x-token-auth']],
  ] as const)('for git and %s of an owner called %s: %o', (kind, username, expected) => {
    expect(usernames(kind, username)).toMatchObject({ usernames: expected })
  })
})
