import { afterAll, beforeAll, expect, it } from 'vitest'
import { GitHome, runClient } from './client-run.ts'
import { type JenkinsTown, requestsOf, startJenkinsTown } from './jenkins-town.ts'
import { describeClient } from './presence.ts'
import { apiTokenUser, privateUrl } from './town.ts'

/** The definition of one job, in the tool's own language; what it renders is sent whole. */
const definition = (credentialsId: string): string =>
  [
    '- job:',
    '    name: team/built',
    '    project-type: freestyle',
    '    scm:',
    '      - git:',
    `          url: ${privateUrl}`,
    `          credentials-id: ${credentialsId}`,
    "          branches: ['main']",
    '',
  ].join('\n')

interface Update {
  readonly exit: number | null
  readonly says: string
  readonly sent: readonly string[]
}

const update = async (town: JenkinsTown, user: string, password: string, credentialsId: string): Promise<Update> => {
  const home = new GitHome(town.sandbox)
  const lines = ['[jenkins]', `user=${user}`, `password=${password}`, `url=${town.jenkins.url}`, '']
  const settings = home.file('jobs.ini', lines.join('\n'))
  const jobs = home.file('jobs.yaml', definition(credentialsId))
  const args = ['--conf', settings, '--ignore-cache', 'update', jobs]
  const { result, sent } = await requestsOf(town.jenkins, () =>
    runClient('jenkins-jobs', args, home.environment(), home.folder),
  )
  // What it did to the job, or the exception; a whole trace and a page of HTML stand around it.
  const says = result.screen.findLast((line) => /builder:(Creating|Reconfiguring)|^jenkins\./.test(line)) ?? ''
  return { exit: result.exit, says, sent }
}

describeClient('jenkins-job-builder', () => {
  let town: JenkinsTown
  beforeAll(async () => {
    town = await startJenkinsTown()
    const secret = town.sandbox.world.addApiToken('alice', { name: 'jenkins' })
    await town.jenkins.addCredential({ store: { folder: 'team' }, id: 'new', username: apiTokenUser, secret })
  })
  afterAll(() => town.stop())

  const asks = (user: string): readonly string[] => [
    `GET /crumbIssuer/api/json as ${user}: 200`,
    `GET /api/json as ${user}: 200`,
  ]

  it('creates a job with the id of a credential, and the build fails as the credential does', async () => {
    expect(await update(town, 'admin', town.adminToken, 'bb')).toEqual({
      exit: 0,
      says: 'INFO:jenkins_jobs.builder:Creating jenkins job team/built',
      sent: [
        ...asks('admin'),
        'GET /job/team/job/built/api/json as admin: 404',
        'POST /job/team/createItem as admin: 200',
        'GET /job/team/job/built/api/json as admin: 200',
      ],
    } satisfies Update)
    expect((await town.jenkins.build('team/built')).result).toBe('FAILURE')
  })

  it('moves the job to another credential, and the build succeeds', async () => {
    expect(await update(town, 'admin', town.adminToken, 'new')).toEqual({
      exit: 0,
      says: 'INFO:jenkins_jobs.builder:Reconfiguring jenkins job team/built',
      sent: [...asks('admin'), 'POST /job/team/job/built/config.xml as admin: 200'],
    } satisfies Update)
    expect((await town.jenkins.build('team/built')).result).toBe('SUCCESS')
  })

  it('puts the old id back at the next run, whatever was changed on the controller meanwhile', async () => {
    await update(town, 'admin', town.adminToken, 'bb')
    expect((await town.jenkins.build('team/built')).result).toBe('FAILURE')
  })

  it('ends with exit code 1 and the reply of Jenkins when the API token of Jenkins is wrong', async () => {
    expect(await update(town, 'admin', 'wrong', 'new')).toEqual({
      exit: 1,
      says: 'jenkins.JenkinsException: Error in request. Possibly authentication failed [401]: Unauthorized',
      sent: ['GET /crumbIssuer/api/json as anonymous: 401'],
    } satisfies Update)
  })

  it('ends in the same way for a user who may not configure the job', async () => {
    expect(await update(town, 'reader', town.readerToken, 'new')).toEqual({
      exit: 1,
      says: 'jenkins.JenkinsException: Error in request. Possibly authentication failed [403]: Forbidden',
      sent: [...asks('reader'), 'POST /job/team/job/built/config.xml as reader: 403'],
    } satisfies Update)
  })
})
