import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Keyturn, Plan } from '../../src/index.ts'
import { FIXED_USERNAME, MAY, type Office, OWNER, openOffice, replaceCredential } from './office.ts'

/** A controller shows no secret; which token a credential has is known as long as it is as a run left it. */

let office: Office
let keyturn: Keyturn
const DAY = 24 * 60 * 60 * 1000
const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10)

beforeEach(async () => {
  office = await openOffice()
  const { jenkins, appPassword: secret, url } = office
  await jenkins.addCredential({ store: 'system', id: 'bitbucket', username: OWNER.username, secret })
  await jenkins.addFreestyleJob({ fullName: 'build', url: url('app'), credentialsId: 'bitbucket' })
  keyturn = await office.open()
  await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER, expiresAt: inDays(10) })
  const { state } = await keyturn.apply(await planned({ token: 'ci' }))
  expect(state.outcome).toBe('applied')
})
afterEach(() => office.end())

const planned = async (options: { readonly token?: string; readonly replace?: true } = {}): Promise<Plan> =>
  keyturn.plan(await keyturn.scan({ paths: [], askControllers: true }), options)

it('is to get another one in time, which is asked for, given and proved while the old one still works', async () => {
  const { steps, requests } = await planned()
  expect({ steps, requests }).toMatchObject({
    steps: [{ reason: expect.stringContaining(`it holds the token "ci", which ends on ${inDays(10)}`) }],
    requests: [{ owner: OWNER.username }],
  })
  const name = requests[0]?.keepAs ?? ''
  await keyturn.addToken({ name, secret: office.newToken(), ...OWNER, expiresAt: inDays(200) })
  const { state, exitCode } = await keyturn.apply(await planned())
  const proofs = [...state.steps.values()].map(({ proof }) => proof?.outcome)
  expect([exitCode, proofs, (await planned()).steps]).toEqual([0, ['verified'], []])
})

it('names the old token in the next plan, which is retired at the end', async () => {
  await keyturn.addToken({ name: 'next', secret: office.newToken(), ...OWNER, expiresAt: inDays(200) })
  const { steps, retire } = await planned({ token: 'next', replace: true })
  const [ci, next] = ['ci', 'next'].map(async (name) => (await keyturn.tokens()).find((one) => one.name === name))
  expect(steps).toMatchObject([
    { from: { kind: 'api-token', fingerprint: (await ci)?.secret.fingerprint }, to: { token: 'next' } },
  ])
  expect(retire).toMatchObject([{ fingerprint: (await ci)?.secret.fingerprint, kind: 'api-token' }])
  expect((await next)?.secret.fingerprint).toBe(steps[0]?.to.fingerprint)
})

it('is not written again with the token that it has', async () => {
  const { steps, manual } = await planned({ token: 'ci', replace: true })
  expect({ steps, manual }).toMatchObject({ steps: [], manual: [{ place: { address: 'system/_/bitbucket' } }] })
})

it('is unknown once somebody has put another token there', async () => {
  await replaceCredential(office, { id: 'bitbucket', username: FIXED_USERNAME, secret: office.newToken() })
  const { steps, manual } = await planned()
  expect([steps, manual]).toEqual([[], []])
})

it('is unknown to a login that is not shown the secret, which may be another one', async () => {
  const { jenkins, appPassword: secret, url } = office
  await jenkins.addFolder('team')
  await jenkins.addCredential({ store: { folder: 'team' }, id: 'own', username: OWNER.username, secret })
  await jenkins.addFreestyleJob({ fullName: 'team/web', url: url('web'), credentialsId: 'own' })
  const { overallRead, itemRead, extendedRead, view, update, useItem } = MAY
  const lesser = await office.open(office.userWith(overallRead, itemRead, extendedRead, view, update, useItem))
  const own = async (): Promise<Plan> => {
    const found = await lesser.scan({ paths: [], askControllers: true })
    const only = new Set(found.places.flatMap(({ id, address }) => (address.endsWith('/own') ? [id] : [])))
    return lesser.plan(found, { token: 'ci', replace: true, only })
  }
  await lesser.apply(await own())
  expect((await own()).steps).toHaveLength(1)
})
