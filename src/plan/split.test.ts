import { describe, expect, it } from 'vitest'
import {
  ALICES,
  ALICES_EMAIL,
  DIGEST,
  diagnosed,
  FETCH,
  madeJob,
  madePin,
  madePlace,
  madePlan,
  REST,
  SCANNED,
  SENTINEL,
} from '../../test/support/made-plan.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import type { Use } from '../model/use.ts'
import { referencesToRead } from './split.ts'

const creating = new Set(['jenkins'])

const checkout = (job: string, reference?: PlaceRef): Use => ({
  ...FETCH,
  by: `job ${job}`,
  ...(reference === undefined ? {} : { reference }),
})

function credential(uses: readonly Use[], id = 'bb'): Place {
  const place = madePlace('c', { consumer: 'jenkins', address: `system/_/${id}`, uses })
  return {
    ...place,
    at: { kind: 'url', url: `https://ci.example.org/credentials/store/system/domain/_/credential/${id}` },
  }
}

describe('a Jenkins credential that Branch Source and plain checkouts share', () => {
  const shared = credential([...SCANNED, checkout('one', madeJob('one')), checkout('two', madeJob('two'))])
  const made = madePlan([shared], { creating })

  it('becomes two: one is made for git, the jobs name it, and only then the old one changes', () => {
    expect(made.steps.map(({ id, wave, place, to }) => [id, wave, place.address, to])).toEqual([
      [
        's1',
        1,
        'system/_/bb-git',
        expect.objectContaining({
          username: { set: SENTINEL },
          create: { like: expect.objectContaining({ address: 'system/_/bb' }) },
        }),
      ],
      ['s2', 2, 'job/one/credentials', { username: 'keep', keepSecret: true, reference: { from: 'bb', to: 'bb-git' } }],
      ['s3', 2, 'job/two/credentials', { username: 'keep', keepSecret: true, reference: { from: 'bb', to: 'bb-git' } }],
      ['s4', 3, 'system/_/bb', expect.objectContaining({ username: { set: ALICES_EMAIL }, token: 'alice-token' })],
    ])
    expect(made.steps.map(({ needs }) => needs)).toEqual([undefined, ['s1'], ['s1'], ['s2', 's3']])
    expect(made.manual).toEqual([])
  })

  it('is proved as each is used, and made from nothing, in the store of the old one', () => {
    const [twin, , , old] = made.steps
    expect(twin).toMatchObject({
      from: { digest: 'absent' },
      place: { at: { url: expect.stringMatching(/credential\/bb-git$/) } },
    })
    expect(twin?.uses.map(({ by }) => by)).toEqual(['job one', 'job two'])
    expect(old?.uses.every(({ by }) => by.endsWith('(Branch Source)'))).toBe(true)
    expect(old).toMatchObject({
      reason: expect.stringContaining('plain git checkout'),
      alternative: expect.stringContaining('SSH'),
    })
  })

  it('takes another name where that is taken', () => {
    const taken = madePlace('t', { consumer: 'jenkins', address: 'system/_/bb-git', kind: 'unknown' })
    const [first] = madePlan([shared, taken], { creating }).steps
    expect(first?.place.address).toBe('system/_/bb-git2')
  })

  it.each(['folder/team/_/bb-git', 'system/other/bb-git'])('takes another name where %s would hide it', (address) => {
    const taken = madePlace('t', { consumer: 'jenkins', address, kind: 'unknown' })
    const [first] = madePlan([shared, taken], { creating }).steps
    expect(first?.place.address).toBe('system/_/bb-git2')
  })

  it('shares the step of a job that names another one which is split, too', () => {
    const other = { ...credential([...SCANNED, checkout('one', madeJob('one'))], 'cc'), id: 'd' }
    const { steps } = madePlan([shared, other], { creating })
    expect(steps.filter(({ place }) => place.address === 'job/one/credentials')).toEqual([
      expect.objectContaining({
        to: {
          username: 'keep',
          keepSecret: true,
          reference: { from: 'bb', to: 'bb-git', also: [{ from: 'cc', to: 'cc-git' }] },
        },
        needs: ['s1', 's2'],
        uses: [checkout('one', madeJob('one')), checkout('one', madeJob('one'))],
      }),
    ])
    const olds = steps.filter(({ place }) => /\/(?:bb|cc)$/.test(place.address))
    expect(olds.map(({ needs }) => needs)).toEqual([['s3', 's4'], ['s3']])
  })

  it('does not mind the name in another consumer', () => {
    const other = madePlace('t', { consumer: 'netrc', address: 'machine/bb-git', kind: 'unknown' })
    const [first] = madePlan([shared, other], { creating }).steps
    expect(first?.place.address).toBe('system/_/bb-git')
  })

  it.each<[string, Place, Parameters<typeof madePlan>[1]]>([
    ['nothing here can make a credential', shared, {}],
    ['a checkout comes of nothing that keyturn changes', credential([...SCANNED, checkout('one')]), { creating }],
    ['the job cannot be read', shared, { creating, digests: new Map([['c', DIGEST]]) }],
    [
      'one of its jobs cannot be read',
      shared,
      { creating, digests: new Map(['c', 'j-one'].map((id) => [id, DIGEST])) },
    ],
    [
      'its address does not tell its id',
      credential([...SCANNED, checkout('one', madeJob('one'))], '%E0'),
      { creating },
    ],
    ['its id is empty', credential([...SCANNED, checkout('one', madeJob('one'))], ''), { creating }],
    [
      'one configuration names it for both',
      credential([
        { ...REST, by: 'job one (Branch Source)', reference: madeJob('one') },
        checkout('one', madeJob('one')),
      ]),
      { creating },
    ],
  ])('is left to a person where %s', (_, place, options) => {
    const { steps, manual } = madePlan([place], options)
    expect([steps, manual.map(({ wayOut }) => wayOut)]).toEqual([[], [expect.stringContaining('two credentials')]])
  })

  it('is made in the file of the old one, where that is in a file', () => {
    const { at } = madePlace('c', { path: '/var/jenkins_home/credentials.xml' })
    const [twin] = madePlan([{ ...shared, at }], { creating }).steps
    expect(twin?.place).toMatchObject({ at, address: 'system/_/bb-git' })
  })

  it('is left to a person where it shares its username with another', () => {
    const sharing = (id: string, uses: readonly Use[]) =>
      madePlace(id, { consumer: 'jenkins', path: '/jenkins.yaml', address: `system/_/${id}`, span: [0, 5], uses })
    const uses = [...SCANNED, checkout('one', madeJob('one'))]
    expect(madePlan([sharing('a', uses), sharing('b', [])], { creating }).steps).toEqual([])
  })

  it('stays one where it serves checkouts alone', () => {
    const { steps } = madePlan([credential([checkout('one', madeJob('one'))])], { creating })
    expect(steps.map(({ place, to }) => [place.address, to.username])).toEqual([['system/_/bb', { set: SENTINEL }]])
  })

  it('is left to a person, and so are its jobs, where the e-mail of the token is not known', () => {
    const { email: _unknown, ...nameless } = ALICES
    const { steps, manual } = madePlan([shared], { creating, tokens: [nameless] })
    expect([steps, manual.map(({ place, wayOut }) => [place.id, wayOut])]).toEqual([
      [],
      [['c', expect.stringContaining('--email ADDRESS')]],
    ])
  })

  it('is left to a person where an access token was named, which Branch Source does not take under a username', () => {
    const tokens = [{ ...ALICES, kind: 'access-token' as const }]
    expect(madePlan([shared], { creating, tokens, policy: { token: ALICES.name } })).toMatchObject({
      steps: [],
      manual: [{ place: { id: 'c' }, wayOut: expect.stringContaining('Use an API token') }],
    })
  })

  it('gets no twin where it cannot be changed itself', () => {
    const digests = new Map(['j-one', 'j-two'].map((id) => [id, DIGEST]))
    const { steps, manual } = madePlan([shared], { creating, digests })
    expect([steps, manual.map(({ place }) => place.id)]).toEqual([[], ['c']])
  })

  it.each(['D106', 'D116'] as const)(
    'is split when its API token is right and its one username is not (%s)',
    (code) => {
      const uses = [...SCANNED, checkout('one', madeJob('one'))]
      const { secret } = madePlace('c', { kind: 'api-token' })
      const holding: Place = { ...credential(uses), ...(secret === undefined ? {} : { secret }) }
      const diagnoses = new Map([['c', diagnosed(code)]])
      const fingerprint = holding.secret?.value?.fingerprint ?? '#'
      const tokens = [{ ...ALICES, name: 'kept', fingerprint }]
      const known = madePlan([holding], { creating, diagnoses, tokens })
      expect(known.steps.map(({ place, to }) => [place.address, to.token])).toEqual([
        ['system/_/bb-git', 'kept'],
        ['job/one/credentials', undefined],
        ['system/_/bb', 'kept'],
      ])
      expect(known.retire).toEqual([])
      const unknown = madePlan([holding], { creating, diagnoses, tokens: [] })
      expect(unknown.steps.map(({ to }) => to.request)).toEqual(['t1', undefined, 't1'])
    },
  )

  it('is not proved for pushing with a token for reading, on either side of the split', () => {
    const job = { ...checkout('one', madeJob('one')), operation: 'git-push' } as const
    const reading = {
      ...ALICES,
      scopes: ['read:repository', 'read:project', 'read:pullrequest', 'read:workspace'].map(
        (one) => `${one}:bitbucket`,
      ),
    }
    const { steps } = madePlan([credential([...SCANNED, checkout('one', madeJob('one')), job])], {
      creating,
      tokens: [reading],
    })
    expect(steps.map(({ uses }) => uses.map(({ operation }) => operation))).toEqual([
      ['git-fetch'],
      ['git-fetch'],
      ['rest', 'git-fetch'],
    ])
  })
})

describe('what is read besides the credentials themselves', () => {
  const jobs = [madeJob('one'), madeJob('two')]
  const checkouts = jobs.map((job) => checkout(job.id, job))

  it('is what names one that serves git and something else, each once', () => {
    expect(referencesToRead([credential([...SCANNED, ...checkouts, ...checkouts])])).toEqual(jobs)
    expect(referencesToRead([credential([REST, ...checkouts])])).toEqual(jobs)
  })

  it.each<[string, Place]>([
    ['one that serves git alone', credential(checkouts)],
    ['one that serves no plain git', credential([...SCANNED, { ...REST, reference: madeJob('one') }])],
    ['a username without a secret', { ...madePin('pin', 'alice', [REST, ...checkouts]), consumer: 'jenkins' }],
  ])('is not what names %s', (_, place) => {
    expect(referencesToRead([place])).toEqual([])
  })
})
