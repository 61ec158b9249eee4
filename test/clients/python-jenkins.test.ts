import { afterAll, beforeAll, expect, it } from 'vitest'
import { GitHome, runClient } from './client-run.ts'
import { type JenkinsTown, newCredentialXml, requestsOf, startJenkinsTown } from './jenkins-town.ts'
import { describeClient } from './presence.ts'

interface Work {
  readonly exit: number | null
  readonly says: readonly string[]
  /** Each request once, in the order of first arrival: the client polls. */
  readonly sent: readonly string[]
}

const work = async (town: JenkinsTown, user: string, password: string): Promise<Work> => {
  const home = new GitHome(town.sandbox)
  const credential = newCredentialXml(town.sandbox)
  const given = { url: town.jenkins.url, user, password, folder: 'team', job: 'team/shop', credential }
  const script = `${import.meta.dirname}/scripts/work_with_jenkins.py`
  const input = JSON.stringify(given)
  const { result, sent } = await requestsOf(town.jenkins, () =>
    runClient('/usr/bin/python3', [script], home.environment(), home.folder, { input }),
  )
  const says = [...result.stdout.trimEnd().split('\n'), ...result.screen]
  return { exit: result.exit, says: says.map((line) => line.replace(town.jenkins.url, 'http://jenkins')), sent }
}

const store = '/job/team/credentials/store/folder/domain/_'
const unauthorized = 'JenkinsException: Error in request. Possibly authentication failed [401]: Unauthorized'
const hidden = 'NotFoundException: Requested item could not be found'
const absent = 'JenkinsException: credential[bb] does not exist in the domain[_] of [team]'

/** The version is asked without the credential, which a controller that needs a log-in refuses. */
const version = 'version: BadHTTPException: Error communicating with server[http://jenkins/]'

describeClient('python3-jenkins', () => {
  let town: JenkinsTown
  beforeAll(async () => {
    town = await startJenkinsTown()
  })
  afterAll(() => town.stop())

  it('calls a wrong API token of Jenkins a possible failure, and a credential that it may not read absent', async () => {
    expect(await work(town, 'admin', 'wrong')).toEqual({
      exit: 0,
      says: [
        version,
        `credentials: ${unauthorized}`,
        `build: ${unauthorized}`,
        `console: ${unauthorized}`,
        `reconfigure: ${absent}`,
        `replace: ${unauthorized}`,
        `build again: ${unauthorized}`,
      ],
      sent: ['GET / as anonymous: 403', 'GET /crumbIssuer/api/json as anonymous: 401'],
    } satisfies Work)
  })

  it('tells a user without rights on credentials that there are none', async () => {
    expect(await work(town, 'reader', town.readerToken)).toEqual({
      exit: 0,
      says: [
        version,
        `credentials: ${hidden}`,
        'build: FAILURE',
        'console: remote: App passwords are deprecated and must be replaced with API tokens.',
        `reconfigure: ${absent}`,
        `replace: ${hidden}`,
        'build again: FAILURE',
      ],
      sent: [
        'GET / as anonymous: 403',
        'GET /crumbIssuer/api/json as reader: 200',
        'GET /job/team/api/json as reader: 200',
        `GET ${store}/api/json as reader: 404`,
        'POST /job/team/job/shop/build as reader: 201',
        'GET /queue/item/1/api/json as reader: 200',
        'GET /job/team/job/shop/1/api/json as reader: 200',
        'GET /job/team/job/shop/api/json as reader: 200',
        'GET /job/team/job/shop/1/consoleText as reader: 200',
        `GET ${store}/credential/bb/api/json as reader: 404`,
        `DELETE ${store}/credential/bb/config.xml as reader: 404`,
        'GET /queue/item/2/api/json as reader: 200',
        'GET /job/team/job/shop/2/api/json as reader: 200',
      ],
    } satisfies Work)
  })

  it('cannot change a credential in place: it posts an empty body. Deleting and creating works, and the build too', async () => {
    expect(await work(town, 'admin', town.adminToken)).toEqual({
      exit: 0,
      says: [
        version,
        "credentials: ['bb']",
        'build: FAILURE',
        'console: remote: App passwords are deprecated and must be replaced with API tokens.',
        'reconfigure: JenkinsException: Error in request. Possibly authentication failed [500]: Internal Server Error',
        'replace: deleted and created',
        'build again: SUCCESS',
      ],
      sent: [
        'GET / as anonymous: 403',
        'GET /crumbIssuer/api/json as admin: 200',
        'GET /job/team/api/json as admin: 200',
        `GET ${store}/api/json as admin: 200`,
        'POST /job/team/job/shop/build as admin: 201',
        'GET /queue/item/3/api/json as admin: 200',
        'GET /job/team/job/shop/3/api/json as admin: 200',
        'GET /job/team/job/shop/api/json as admin: 200',
        'GET /job/team/job/shop/3/consoleText as admin: 200',
        `GET ${store}/credential/bb/api/json as admin: 200`,
        `POST ${store}/credential/bb/config.xml as admin: 500`,
        `DELETE ${store}/credential/bb/config.xml as admin: 200`,
        `GET ${store}/credential/bb/api/json as admin: 404`,
        `POST ${store}/createCredentials as admin: 200`,
        'GET /queue/item/4/api/json as admin: 200',
        'GET /job/team/job/shop/4/api/json as admin: 200',
      ],
    } satisfies Work)
  })
})
