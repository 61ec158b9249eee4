import { describe, expect, it } from 'vitest'
import type { Place } from '../model/place.ts'
import type { Demand } from '../model/use.ts'
import { attachUses } from './attach-uses.ts'

const secret = { kind: 'app-password', encoding: 'plain' } as const
const app = { workspace: 'acme', slug: 'app' }

function filePlace(path: string, consumer: string, address: string, extra: Partial<Place> = {}): Place {
  return {
    id: `${path} ${address}`,
    consumer,
    at: { kind: 'file', path },
    address,
    host: 'bitbucket.org',
    secret,
    uses: [],
    ...extra,
  }
}

function remote(username?: string): Demand {
  return {
    operation: 'git-fetch',
    repository: app,
    by: 'remote origin',
    of: { kind: 'host', host: 'bitbucket.org', ...(username === undefined ? {} : { username }) },
  }
}

function job(item: string, credentialId = 'bb'): Demand {
  return { operation: 'git-fetch', repository: app, by: `job ${item}`, of: { kind: 'jenkins', credentialId, item } }
}

const usesOf = (places: readonly Place[]): Record<string, readonly string[]> =>
  Object.fromEntries(places.map((place) => [place.id, place.uses.map((use) => use.by)]))

describe('a place that names no repository', () => {
  const api = filePlace('/home/me/.netrc', 'netrc', 'machine/api.bitbucket.org', {
    username: { text: 'alice', encoding: 'plain' },
    uses: [{ operation: 'rest', by: 'netrc' }],
  })
  const cloned = (slug: string, username: string): Place =>
    filePlace(`/srv/${slug}/.git/config`, 'git-config', 'remote.origin.url', {
      username: { text: username, encoding: 'percent' },
      uses: [{ operation: 'git-fetch', repository: { workspace: 'acme', slug }, by: `remote origin of ${slug}` }],
    })
  const clones = [cloned('zoo', 'alice'), cloned('web', 'alice'), cloned('app', 'bob')]

  it.each([
    ['first', [api, ...clones]],
    ['last', [...clones].reverse().concat(api)],
  ])('is judged on what is cloned under its own name, also when it is read %s', (_, places) => {
    const { places: found } = attachUses(places, [])
    expect(found.find(({ id }) => id === api.id)?.uses).toEqual([
      { operation: 'rest', repository: { workspace: 'acme', slug: 'web' }, by: 'remote origin of web' },
    ])
  })
})

describe('two requests of one job', () => {
  it('are two uses when they are about two things: each wants scopes of its own', () => {
    const bb = filePlace('/jenkins/credentials.xml', 'jenkins-home', 'system/_/bb')
    const asking = (resource: 'pull request' | 'webhook'): Demand => ({ ...job('app'), operation: 'rest', resource })
    const demands = [asking('pull request'), asking('webhook'), asking('webhook')]
    const { places } = attachUses(
      [bb],
      demands.map((demand) => ({ demand, foundIn: '/jenkins/jobs/app/config.xml' })),
    )
    expect(places[0]?.uses.map(({ resource }) => resource)).toEqual(['pull request', 'webhook'])
  })
})

describe('a remote without a credential', () => {
  const mine = filePlace('/home/me/.netrc', 'netrc', 'machine/bitbucket.org')
  const theirs = filePlace('/home/them/.netrc', 'netrc', 'machine/bitbucket.org')

  it('is served by the stores of the home that it lies in', () => {
    const { places, unanswered } = attachUses(
      [mine, theirs],
      [{ demand: remote(), foundIn: '/home/me/clones/app/.git/config' }],
    )
    expect(usesOf(places)).toEqual({ [mine.id]: ['remote origin'], [theirs.id]: [] })
    expect(unanswered).toEqual([])
  })

  it('is served by every store when it lies in no home', () => {
    const { places } = attachUses([mine, theirs], [{ demand: remote(), foundIn: '/srv/app/.git/config' }])
    expect(usesOf(places)).toEqual({ [mine.id]: ['remote origin'], [theirs.id]: ['remote origin'] })
  })

  it('that names a username is served only by places with that username', () => {
    const named = { ...mine, id: 'named', username: { text: 'alice', encoding: 'plain' } } as const
    const { places, unanswered } = attachUses(
      [mine, named],
      [{ demand: remote('alice'), foundIn: '/home/me/a/.git/config' }],
    )
    expect(usesOf(places)).toEqual({ [mine.id]: [], named: ['remote origin'] })
    expect(attachUses([mine], [{ demand: remote('bob'), foundIn: '/home/me/a/.git/config' }]).unanswered).toHaveLength(
      1,
    )
    expect(unanswered).toEqual([])
  })
})

describe('whether git reads what answers a clone', () => {
  const own = { home: '/home/me', files: new Set(['/srv/xdg/git/credentials']) }
  const clone = '/home/me/clones/app/.git/config'
  const store = (path: string, username?: string, entry = 1): Place =>
    filePlace(
      path,
      path.includes('netrc') ? 'netrc' : 'git-credentials',
      `bitbucket.org${entry === 1 ? '' : `#${entry}`}`,
      {
        ...(username === undefined ? {} : { username: { text: username, encoding: 'plain' } }),
      },
    )
  const doubts = (places: readonly Place[], username?: string, foundIn = clone) =>
    attachUses(places, [{ demand: remote(username), foundIn }], undefined, undefined, own).places.map(
      ({ uses: [first] }) => first?.by === 'remote origin' && (first.doubt ?? 'none'),
    )

  it.each([
    ['/home/me/.netrc', 'none'],
    ['/home/me/.git-credentials', 'none'],
    ['/home/me/.config/git/credentials', 'none'],
    ['/srv/xdg/git/credentials', 'none'],
    ['/srv/any-name', 'none'],
    ['/home/me/netrc', 'another file'],
    ['/home/me/clones/.netrc', 'another file'],
    ['/home/me/backup/.netrc', 'another file'],
    ['/home/them/.netrc', 'another file'],
    ['/home/them/.git-credentials', 'another file'],
  ])('%s: %s', (path, doubt) => {
    expect(doubts([store(path)])).toEqual([doubt])
  })

  it('of somebody else it reads what lies above the clone', () => {
    expect(doubts([store('/home/them/.netrc')], undefined, '/home/them/app/.git/config')).toEqual(['none'])
  })

  it('an entry that another one would be sent for, once the URL names no username, is no sure answer', () => {
    const [first, second] = [store('/home/me/.netrc', 'bob'), store('/home/me/.netrc', 'alice', 2)]
    expect(doubts([first, second], 'bob')).toEqual(['none', false])
    expect(doubts([first, second], 'alice')).toEqual([false, 'another entry'])
    expect(doubts([first, store('/home/me/.git-credentials', 'alice')], 'alice')).toEqual([false, 'another entry'])
  })

  it('of two clones that cannot be told apart the doubt stays', () => {
    const found = [remote(), remote()].map((demand, index) => ({
      demand,
      foundIn: index === 0 ? '/home/me/app/.git/config' : '/home/them/app/.git/config',
    }))
    for (const demands of [found, found.toReversed()]) {
      const [place] = attachUses([store('/home/them/.netrc')], demands, undefined, undefined, own).places
      expect(place?.uses).toMatchObject([{ by: 'remote origin', doubt: 'another file' }])
    }
  })

  it('is answered by the first entry that fits, and by the one of its own repository', () => {
    const lines = ['app', 'web', 'docs'].map((slug, index) =>
      filePlace('/home/me/.git-credentials', 'git-credentials', `bitbucket.org/acme/${slug}.git`, {
        id: `line ${index + 1}`,
        uses: [{ operation: 'git-fetch', by: 'git credential store', repository: { workspace: 'acme', slug } }],
      }),
    )
    const demand = { ...remote(), repository: { workspace: 'acme', slug: 'web' } }
    const { places } = attachUses(lines, [{ demand, foundIn: clone }], undefined, undefined, own)
    expect(usesOf(places)).toEqual({
      'line 1': ['git credential store', 'remote origin'],
      'line 2': ['git credential store', 'remote origin'],
      'line 3': ['git credential store'],
    })
  })
})

describe.each(['/var/jenkins', '/srv/jobs/jenkins'])('a Jenkins job below %s', (home) => {
  const system = filePlace(`${home}/credentials.xml`, 'jenkins-home', 'system/_/bb')
  const folder = filePlace(`${home}/jobs/team/config.xml`, 'jenkins-home', 'folder/team/_/bb')
  const nested = filePlace(`${home}/jobs/team/jobs/sub/config.xml`, 'jenkins-home', 'folder/team/sub/_/bb')

  it.each([
    ['app', `${home}/jobs/app/config.xml`, system],
    ['team/web', `${home}/jobs/team/jobs/web/config.xml`, folder],
    ['team/sub/x', `${home}/jobs/team/jobs/sub/jobs/x/config.xml`, nested],
    ['other/x', `${home}/jobs/other/jobs/x/config.xml`, system],
  ])('%s uses the credential of the nearest folder', (item, foundIn, expected) => {
    const { places } = attachUses([system, folder, nested], [{ demand: job(item), foundIn }])
    expect(places.filter((place) => place.uses.length > 0).map((place) => place.id)).toEqual([expected.id])
  })

  it.each([
    ['jobs', 'another host', job('team/web'), [system]],
    ['plain git', 'a Secret text', job('team/web'), [system]],
    ['plain git', 'a Secret text', { ...job('team/web'), by: 'job team/web (Branch Source)' }, [folder]],
  ] as const)(
    'is not given what is withheld from %s (%s), and that hides nothing',
    (withheldFrom, _, demand, given) => {
      const foundIn = `${home}/jobs/team/jobs/web/config.xml`
      const { places } = attachUses([system, { ...folder, withheldFrom }], [{ demand, foundIn }])
      expect(places.filter(({ uses }) => uses.length > 0).map(({ id }) => id)).toEqual(given.map(({ id }) => id))
    },
  )

  describe('whose credential Configuration as Code declares', () => {
    const declared = filePlace(`${home}/jenkins.yaml`, 'jenkins-casc', 'credentials.password', {
      declares: { home, credentialId: 'bb', isUseGuessed: true },
      uses: [{ operation: 'git-fetch', by: 'credentials.password' }],
    })
    const foundIn = `${home}/jobs/app/config.xml`
    const attached = (places: readonly Place[], demand = job('app'), where = foundIn): readonly Place[] =>
      attachUses(places, [{ demand, foundIn: where }], undefined, (place) =>
        place === declared ? 'on what is given' : true,
      ).places

    it('uses what is declared, and what the store has of it, without a doubt which of them', () => {
      const places = attached([system, declared])
      expect(usesOf(places)).toEqual({ [system.id]: ['job app'], [declared.id]: ['job app'] })
      expect(places.map(({ hindrance }) => hindrance)).toEqual([undefined, undefined])
    })

    it('is not known to be given which of two that one file declares, so that neither is changed', () => {
      const second = { ...declared, id: 'second', address: 'credentials.1.password' }
      const copy = { ...declared, id: 'copy', at: { kind: 'file', path: `${home}/casc_configs/a.yaml` } } as const
      const hindered = (places: readonly Place[]) => attached(places).map(({ hindrance }) => hindrance?.kind)
      expect([hindered([declared, second]), hindered([declared, copy])]).toEqual([
        ['not writable', 'not writable'],
        [undefined, undefined],
      ])
    })

    it('uses what another file of the same configuration names', () => {
      const use = { ...job(''), by: 'Configuration as Code jobs.yaml (Branch Source)' }
      expect(usesOf(attached([declared], use, `${home}/casc_configs/more/jobs.yaml`))).toEqual({
        [declared.id]: [use.by],
      })
    })

    it('tells of what a job gives to Bitbucket what it is for, and leaves out what none does', () => {
      const unnamed = { ...declared, host: '', uses: [], unresolved: 'nothing tells what it is used for' }
      expect(attached([unnamed]).map(({ unresolved, uses }) => [unresolved, uses.length])).toEqual([[undefined, 1]])
      expect(attached([unnamed], job('app', 'aa'))).toEqual([])
    })

    it('names the file that fills the store as the owner of what the store has', () => {
      const [stored, other] = attached([system, { ...system, id: 'aa', address: 'system/_/aa' }, declared])
      expect([stored?.ownedBy?.name, other?.ownedBy]).toEqual([
        `Configuration as Code (${home}/jenkins.yaml)`,
        undefined,
      ])
    })

    it('uses what is declared also before the first start', () => {
      expect(usesOf(attached([declared]))).toEqual({ [declared.id]: ['job app'] })
    })

    it.each([
      [
        'the credential of a nearer folder',
        [folder, declared],
        job('team/web'),
        `${home}/jobs/team/jobs/web/config.xml`,
      ],
      ['what is withheld from it', [{ ...system, withheldFrom: 'jobs' as const }, declared], job('app'), foundIn],
      ['the one of another home', [declared], job('app'), '/srv/other/jobs/app/config.xml'],
      ['another id', [declared], job('app', 'aa'), foundIn],
    ])('leaves what is declared as it is: %s', (_, places, demand, where) => {
      expect(usesOf(attached(places, demand, where))[declared.id]).toEqual(['credentials.password'])
    })

    it('leaves it to a person where a job fetches from another host with it', () => {
      const of = { kind: 'other host', credentialId: 'bb', item: 'app', host: 'github.com' } as const
      const places = attached([system, declared], { operation: 'git-fetch', by: 'job app', of })
      expect(places.map(({ hindrance }) => hindrance?.kind)).toEqual(['not writable', 'not writable'])
    })
  })

  it('is not known to be given which of two domains, so that neither is changed', () => {
    const second = { ...system, id: 'second', address: 'system/nexus/bb' }
    const foundIn = `${home}/jobs/app/config.xml`
    const alone = attachUses([system, folder], [{ demand: job('app'), foundIn }]).places
    const both = attachUses([system, second], [{ demand: job('app'), foundIn }]).places
    expect([alone, both].map((places) => places.map(({ hindrance }) => hindrance?.kind))).toEqual([
      [undefined, undefined],
      ['not writable', 'not writable'],
    ])
  })

  describe('of another host that is given the same credential', () => {
    const elsewhere = (item: string, credentialId = 'bb'): Demand => ({
      operation: 'git-fetch',
      by: `job ${item}`,
      of: { kind: 'other host', credentialId, item, host: 'git.example.org' },
    })
    const foundIn = `${home}/jobs/team/jobs/web/config.xml`
    const reasons = (demand: Demand, found: readonly Place[] = [system, folder], where = foundIn) =>
      Object.fromEntries(
        attachUses(found, [
          { demand: job('team/web'), foundIn },
          { demand, foundIn: where },
        ]).places.map((place) => [place.address, place.hindrance?.reason]),
      )
    const reason =
      'fetches from git.example.org with it: it may hold the secret of that host, and what is put there reaches it'

    it('keeps the credential of the nearest folder from being changed, and no other', () => {
      expect(reasons(elsewhere('team/old'))).toEqual({
        'system/_/bb': undefined,
        'folder/team/_/bb': `job team/old ${reason}`,
      })
      expect(reasons(elsewhere('old'), undefined, `${home}/jobs/old/config.xml`)).toEqual({
        'system/_/bb': `job old ${reason}`,
        'folder/team/_/bb': undefined,
      })
    })

    it('says nothing of another id, or of a domain, which is for the hosts of its own', () => {
      const inDomain = { ...folder, address: 'folder/team/bitbucket/bb' }
      expect(reasons(elsewhere('team/old', 'other'))).toEqual({
        'system/_/bb': undefined,
        'folder/team/_/bb': undefined,
      })
      expect(reasons(elsewhere('team/old'), [inDomain])).toEqual({ 'folder/team/bitbucket/bb': undefined })
    })

    it('is no use of it at Bitbucket, answered or not', () => {
      const { places, unanswered } = attachUses([system], [{ demand: elsewhere('old'), foundIn }])
      expect([places.map(({ uses }) => uses), unanswered]).toEqual([[[]], []])
    })
  })

  it('tells which place names its credential, so that it can be told another one', () => {
    const reference = {
      id: 'r',
      consumer: 'jenkins',
      at: { kind: 'url', url: 'https://ci/job/app' },
      address: 'job/app/credentials/git',
    } as const
    const { places } = attachUses(
      [system],
      [{ demand: { ...job('app'), reference }, foundIn: `${home}/jobs/app/config.xml` }],
    )
    expect(places[0]?.uses.map((use) => use.reference)).toEqual([reference])
  })

  it('is given one of a store that a plugin fills only where neither folder nor system has its id', () => {
    const at = (url: string) => ({ at: { kind: 'url', url } }) as const
    const ofSystem = { ...system, id: 's', consumer: 'jenkins', ...at('https://ci/credentials/a') }
    const provided = { ...ofSystem, id: 'p', address: 'provider/kubernetes/_/bb' }
    const foundIn = 'https://ci'
    const [both, alone] = [[provided, ofSystem], [provided]].map((held) =>
      usesOf(attachUses(held, [{ demand: job('app'), foundIn }]).places),
    )
    expect([both, alone]).toEqual([{ p: [], s: ['job app'] }, { p: ['job app'] }])
  })

  it('is given no credential of a user', () => {
    const ofUser = {
      ...system,
      consumer: 'jenkins',
      at: { kind: 'url', url: 'https://ci/user/a' },
      address: 'user/a/_/bb',
    } as const
    expect(attachUses([ofUser], [{ demand: job('app'), foundIn: 'https://ci' }]).unanswered).toHaveLength(1)
  })

  it('never uses the credential of another controller', () => {
    const { unanswered } = attachUses([system], [{ demand: job('app'), foundIn: '/other/jobs/app/config.xml' }])
    expect(unanswered).toHaveLength(1)
  })
})

describe('a place that nothing ties to Bitbucket', () => {
  const doubtful = filePlace('/var/jenkins/credentials.xml', 'jenkins-home', 'system/_/bb', { host: '' })

  it('is left out', () => {
    expect(attachUses([doubtful], []).places).toEqual([])
  })

  it('is kept when a job uses it against Bitbucket', () => {
    expect(
      attachUses([doubtful], [{ demand: job('app'), foundIn: '/var/jenkins/jobs/app/config.xml' }]).places,
    ).toHaveLength(1)
  })
})

describe('a store that nothing names a repository for', () => {
  it('borrows a known repository, so that it can be proved', () => {
    const store = filePlace('/agent/.git-credentials', 'git-credentials', 'bitbucket.org', {
      uses: [{ operation: 'git-fetch', by: 'git' }],
    })
    const { places } = attachUses(
      [store],
      [{ demand: job('app', 'none'), foundIn: '/var/jenkins/jobs/app/config.xml' }],
    )
    expect(places[0]?.uses).toEqual([{ operation: 'git-fetch', repository: app, by: 'job app' }])
  })

  it('a credential helper is such a store', () => {
    const helper = filePlace('/home/me/.gitconfig', 'git-helper', 'credential.helper/store')
    const { places } = attachUses([helper], [{ demand: remote(), foundIn: '/home/me/clones/app/.git/config' }])
    expect(places[0]?.uses).toMatchObject([{ operation: 'git-fetch', repository: app }])
  })

  it('borrows the repository of a clone whose URL holds its own secret', () => {
    const store = filePlace('/home/me/.git-credentials', 'git-credentials', 'bitbucket.org', {
      uses: [{ operation: 'git-fetch', by: 'git' }],
    })
    const clone = filePlace('/home/me/app/.git/config', 'git-config', 'remote.origin.url', {
      uses: [{ operation: 'git-fetch', repository: app, by: 'remote origin' }],
    })
    const { places } = attachUses([store, clone], [])
    expect(places[0]?.uses).toEqual([{ operation: 'git-fetch', repository: app, by: 'remote origin' }])
  })

  it('what is proved as any field is keeps every use, and takes the repository that the user gave', () => {
    const both = filePlace('/srv/ci.env', 'settings', 'TOKEN', {
      uses: [
        { operation: 'git-push', by: 'a' },
        { operation: 'rest', by: 'b' },
        { operation: 'rest', workspace: 'acme', by: 'c' },
      ],
    })
    const { places } = attachUses([both], [], app, () => 'on what is given')
    expect(places[0]?.uses).toEqual([
      { operation: 'git-push', repository: app, by: 'a' },
      { operation: 'rest', repository: app, by: 'b' },
      { operation: 'rest', workspace: 'acme', by: 'c' },
    ])
    expect(attachUses([both], [], undefined, () => 'on what is given').places[0]?.uses).toEqual(both.uses)
  })

  it('takes the repository that the user gave', () => {
    const store = filePlace('/agent/.git-credentials', 'git-credentials', 'bitbucket.org', {
      uses: [
        { operation: 'git-fetch', by: 'git' },
        { operation: 'git-push', by: 'git' },
      ],
    })
    const given = { workspace: 'acme', slug: 'given' }
    const { places } = attachUses([store], [], given)
    expect(places[0]?.uses).toEqual([{ operation: 'git-fetch', repository: given, by: 'git' }])
  })

  it('borrows none where keyturn asks nobody with it', () => {
    const variable = filePlace('/srv/app/.env', 'variables', 'BITBUCKET_TOKEN', {
      uses: [{ operation: 'git-fetch', by: 'BITBUCKET_TOKEN' }],
    })
    const found = [{ demand: job('app', 'none'), foundIn: '/var/jenkins/jobs/app/config.xml' }]
    const { places } = attachUses([variable], found, app, () => false)
    expect(places[0]?.uses).toEqual([{ operation: 'git-fetch', by: 'BITBUCKET_TOKEN' }])
  })
})

describe('a repository that the user names', () => {
  const used = (uses: Place['uses'], by: readonly Demand[] = []): Place['uses'] =>
    attachUses(
      [filePlace('/home/credentials.xml', 'jenkins-home', 'system/_/bb', { uses })],
      by.map((demand) => ({ demand, foundIn: '/home/jobs/org/config.xml' })),
      app,
    ).places.flatMap((place) => place.uses)
  const inWorkspace = (operation: 'rest' | 'git-fetch', workspace: string): Demand => {
    const { repository: _, ...demand } = job('org')
    return { ...demand, operation, workspace }
  }

  it('serves to prove what nothing was seen to use', () => {
    expect(used([])).toEqual([{ operation: 'git-fetch', repository: app, by: 'the repository that was named' }])
  })

  it.each([
    ['system/_/bb', {}, 1],
    ['system/github/bb', {}, 0],
    ['system/_/bb', { withheldFrom: 'jobs' }, 0],
    ['folder/team/_/bb', {}, 0],
    ['user/alice/_/bb', {}, 0],
  ] as const)(
    'and a credential of a controller where a question from its root reaches it: %s %j',
    (address, more, count) => {
      const at = { kind: 'url', url: `https://ci.example.org/${address}` } as const
      const { places } = attachUses([{ ...filePlace('', 'jenkins', address, more), at }], [], app)
      expect(places[0]?.uses).toHaveLength(count)
    },
  )

  it('serves git in its own workspace, where REST is asked for the workspace, and in no other', () => {
    const whose = (workspace: string) =>
      used([], [inWorkspace('rest', workspace), inWorkspace('git-fetch', workspace)]).map(
        (use) => use.repository?.slug ?? use.workspace,
      )
    expect([whose('ACME'), whose('beta')]).toEqual([
      ['ACME', 'app'],
      ['beta', 'beta'],
    ])
  })
})

describe('a step of a Jenkinsfile', () => {
  const at = 'https://ci.example.org'
  const onController = (address: string): Place => ({
    ...filePlace('', 'jenkins', address),
    id: address,
    at: { kind: 'url', url: `${at}/${address}` },
    secret: { kind: 'unknown', encoding: 'opaque' },
  })
  const [system, folder] = [onController('system/_/bb'), onController('folder/team/_/bb')]
  const step: Demand = {
    operation: 'git-push',
    repository: app,
    by: 'Jenkinsfile line 5',
    of: { kind: 'jenkinsfile', credentialId: 'bb', repositories: [{ workspace: 'Acme', slug: 'app' }] },
  }
  const found = { demand: step, foundIn: '/clones/app/Jenkinsfile' }
  const builds = (item: string) => ({ demand: job(item, 'clone'), foundIn: at })

  it.each([
    ['team/app', folder],
    ['app', system],
  ])('uses the credential that job %s is given, which builds its repository', (item, expected) => {
    const { places, unanswered } = attachUses([system, folder], [builds(item), found])
    expect(usesOf(places)).toMatchObject({ [expected.id]: ['Jenkinsfile line 5'] })
    expect(unanswered.map(({ by }) => by)).toEqual([`job ${item}`])
  })

  it('is unanswered where two credentials have the id and no job builds its repository', () => {
    const { places, unanswered } = attachUses([system, folder], [found])
    expect(usesOf(places)).toEqual({ [system.id]: [], [folder.id]: [] })
    expect(unanswered.map(({ by }) => by)).toEqual(['Jenkinsfile line 5'])
  })

  it('uses the only credential of the id, and says that nothing else tells', () => {
    const { places } = attachUses([system], [found])
    expect(usesOf(places)).toEqual({ [system.id]: ['Jenkinsfile line 5 (by the id of the credential alone)'] })
  })

  it('is not answered by a secret of another tool that has the id in its address', () => {
    const other = filePlace('/x/bb', 'vault', 'system/_/bb')
    expect(attachUses([other], [found]).unanswered).toHaveLength(1)
  })
})
