import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { documentOf } from '../../../test/contract/detector.ts'
import { fixtureValues } from '../../../test/contract/fixtures.ts'
import { inventories } from '../../../test/support/judged-scan.ts'
import type { Judgement } from '../../model/judgement.ts'
import { openPrefilter } from '../../scan/prefilter/prefilter.ts'
import { buildRecordAt } from './build-records.ts'
import { jenkinsHomeDetector } from './detect.ts'
import { jenkinsHomeJudge } from './judge.ts'

const values = fixtureValues()
const prefilter = openPrefilter()
const judge = jenkinsHomeJudge(() => false)
const LOG = 'jobs/app/builds/7/log'
const RECORD = 'jobs/app/builds/7/build.xml'

const log = `Started by an SCM change
Running as SYSTEM
Building remotely on agent-1 in workspace /home/jenkins/workspace/app
using credential bitbucket-bot
 > git rev-parse --resolve-git-dir /home/jenkins/workspace/app/.git # timeout=10
Fetching changes from the remote Git repository
 > git config remote.origin.url https://bitbucket.org/acme/app.git # timeout=10
Fetching upstream changes from https://bitbucket.org/acme/app.git
using GIT_ASKPASS to set credentials Bitbucket app password of the bot
 > /usr/bin/git -c core.askpass=true fetch --tags --progress https://bitbucket.org/acme/app.git +refs/heads/*:refs/remotes/origin/* # timeout=10
Checking out git https://bitbucket.org/acme/app.git into /var/lib/jenkins/workspace/app@script to read Jenkinsfile
Obtained Jenkinsfile from git git@bitbucket.org:acme/app.git
Connecting to https://bitbucket.org using bot@example.org/****** (User API token for bot)
Found 3 remote heads on https://bitbucket.org/acme/app.git
+ make all
Masking supported pattern matches of $BB_PASSWORD or $BITBUCKET_USER
[Bitbucket] Notifying commit build result
Finished: SUCCESS
`
const record = `<?xml version='1.1' encoding='UTF-8'?>
<flow-build plugin="workflow-job@1400">
  <actions>
    <com.cloudbees.jenkins.plugins.bitbucket.BitbucketGitSCMRevision plugin="cloudbees-bitbucket-branch-source@937.3.9"/>
    <hudson.plugins.git.util.BuildData plugin="git@5.10.1">
      <remoteUrls>
        <string>https://bitbucket.org/acme/app.git</string>
        <string>git@bitbucket.org:acme/lib.git</string>
        <string>bitbucket-bot</string>
      </remoteUrls>
      <owner>com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMSource</owner>
    </hudson.plugins.git.util.BuildData>
  </actions>
  <result>SUCCESS</result>
</flow-build>
`

function judged(text: string, path: string): Judgement | undefined {
  const bytes = Buffer.from(text)
  prefilter.buffer.set(bytes)
  return judge(`/j/${path}`, bytes, (from) => prefilter.nextHit(from, bytes.length))
}

const explained = (text: string, path: string) =>
  jenkinsHomeDetector.detect(documentOf(new Map([[path, Buffer.from(text)]]), path)).explained

test.each([
  ['jobs/app/builds/7/log', 'log'],
  ['jobs/app/builds/7/build.xml', 'markup'],
  ['jobs/app/builds/7/changelog12.xml', 'markup'],
  ['jobs/team/jobs/app/branches/main/builds/7/workflow-completed/flowNodeStore.xml', 'markup'],
  ['jobs/app/builds/7/workflow/12.xml', 'markup'],
  ['jobs/app/scm-polling.log', 'log'],
  ['jobs/app/indexing/indexing.log', 'log'],
  ['jobs/team/computation/computation.log', 'log'],
  ['var/indexing/indexing.log', undefined],
  ['logs/tasks/indexing.log', undefined],
  ['jobs/app/builds/7/injectedEnvVars.txt', undefined],
  ['jobs/app/builds/7/archive/dist/log', undefined],
  ['jobs/app/builds/permalinks', undefined],
  ['jobs/app/config.xml', undefined],
])('%s is a record of a build: %s', (path, kind) => {
  expect(buildRecordAt(`/j/${path}`)).toBe(kind)
})

describe('a record of a build', () => {
  it.each([
    ['log', LOG, log],
    ['record', RECORD, record],
  ])('that only says what was fetched is read in full: %s', (_, path, text) => {
    expect(explained(text, path)).toBeDefined()
    expect(judged(text, path)).toEqual({ consumer: 'jenkins-home', demands: [] })
  })

  it.each([
    ['a command that signs in', '+ curl -u bot:hunter2hunter2 https://api.bitbucket.org/2.0/user'],
    ['a line of somebody else', 'cloned from https://bitbucket.org/acme/app.git'],
    ['a user in an address', ' > git fetch https://bot@bitbucket.org/acme/app.git # timeout=10'],
    ['a header', ' > git -c http.extraHeader=X:y fetch https://bitbucket.org/acme/app.git # timeout=10'],
    ['a variable of its own', '+ export APP_PASSWORD=hunter2hunter2'],
    ['a secret in an address of another host', '+ git clone https://bot:hunter2@git.example.org/app.git'],
    ['a token', `+ echo ${values.OLD}`],
    ['a token in a description', `using GIT_ASKPASS to set credentials ${values.NEW}`],
    ['a token in a command of git', ` > git fetch https://bitbucket.org/acme/app.git ${values.ACCESS}`],
    ['a variable by its name', '+ env BB_LOGIN=x'],
  ])('a log with %s is for the detectors', (_, line) => {
    expect(judged(log.replace('+ make all', line), LOG)).toBeUndefined()
  })

  it.each([
    ['a parameter', '<hudson.model.PasswordParameterValue><name>X</name></hudson.model.PasswordParameterValue>'],
    ['an attribute that is not of XStream', '<get src="https://bitbucket.org/acme/app/get/main.zip"/>'],
    ['a user in an address', '<string>https://bot@bitbucket.org/acme/app.git</string>'],
    ['a text that names Bitbucket', '<name>BITBUCKET_PW</name>'],
    ['a script', '<script>git clone https://bitbucket.org/acme/app.git</script>'],
    ['a token', `<string>${values.OLD}</string>`],
  ])('%s in its markup is for the detectors', (_, element) => {
    expect(judged(record.replace('<result>', `${element}<result>`), RECORD)).toBeUndefined()
  })
})

test('a secret that a build wrote down is found', async () => {
  const lines = [
    `+ curl -u alice:${values.OLD} https://api.bitbucket.org/2.0/user`,
    ` > git fetch https://alice:${values.OLD}@bitbucket.org/acme/app.git # timeout=10`,
  ]
  for (const line of lines) {
    const [found] = await inventories(LOG, log.replace('+ make all', line), judge)
    expect(found).toMatchObject({ places: [{ host: expect.stringContaining('bitbucket.org') }] })
  }
})

test('the judge changes nothing of what is found in records', { timeout: 120_000 }, async () => {
  const pieces = fc.constantFrom(
    `\n+ export BB_TOKEN=${values.OLD}\n`,
    `\n+ curl -u alice:${values.OLD} https://api.bitbucket.org/2.0/user\n`,
    '\n+ git clone https://alice:hunter2hunter2x9@bitbucket.org/acme/app.git\n',
    `\nAPP_PASSWORD: ${values.SHORT}\n`,
    '\nbitbucket\n',
    `<name>BITBUCKET_PASSWORD</name><value>${values.SHORT}</value>`,
    '<string>https://bitbucket.org/acme/other.git</string>',
    ' # timeout=10\n',
    '<',
  )
  const documents = fc
    .tuple(
      fc.constantFrom([LOG, log] as const, [RECORD, record] as const),
      fc.array(fc.tuple(fc.nat(), pieces), { maxLength: 2 }),
    )
    .map(([[path, text], inserts]) => {
      const insert = (all: string, [at, piece]: readonly [number, string]): string =>
        all.slice(0, at % all.length) + piece + all.slice(at % all.length)
      return [path, inserts.reduce(insert, text)] as const
    })
  await fc.assert(
    fc.asyncProperty(documents, async ([path, text]) => {
      const [without, withJudge] = await inventories(path, text, judge)
      expect(withJudge).toEqual(without)
    }),
    { numRuns: 120 },
  )
})
