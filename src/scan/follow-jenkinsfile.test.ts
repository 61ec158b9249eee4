import { afterEach, describe, expect, it } from 'vitest'
import {
  fixtureValues,
  jenkinsKeyFiles,
  jenkinsPayload,
  type TemporaryFolder,
  temporaryFolder,
  withKeys,
} from '../../test/contract/fixtures.ts'
import { consumers } from '../consumers/registry.ts'
import { variableReader } from '../consumers/variable-flow.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Context } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import type { Use } from '../model/use.ts'
import { nodeSystem } from '../system/node-system.ts'
import { scan } from './scan.ts'

const { OLD } = fixtureValues()
const keys = jenkinsKeyFiles()
const context: Context = {
  system: nodeSystem({ environment: {} }),
  seal: Secret.sealer(new Uint8Array(32)),
  digest: () => 'hmac:0',
  logins: [],
}
const folders: TemporaryFolder[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove()
})

const credential = (id: string): string => `<com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>
  <scope>GLOBAL</scope><id>${id}</id><description></description>
  <username>alice</username><password>${jenkinsPayload(OLD, keys)}</password>
</com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>`

const store = (...ids: readonly string[]): string => `<?xml version='1.1' encoding='UTF-8'?>
<com.cloudbees.plugins.credentials.SystemCredentialsProvider>
  <domainCredentialsMap class="hudson.util.CopyOnWriteMap$Hash">
    <entry>
      <com.cloudbees.plugins.credentials.domains.Domain><specifications/></com.cloudbees.plugins.credentials.domains.Domain>
      <java.util.concurrent.CopyOnWriteArrayList>${ids.map(credential).join('')}</java.util.concurrent.CopyOnWriteArrayList>
    </entry>
  </domainCredentialsMap>
</com.cloudbees.plugins.credentials.SystemCredentialsProvider>`

/** Builds the Jenkinsfile of a repository, which it clones with the credential `clone`. */
const job = (url: string): string => `<?xml version='1.1' encoding='UTF-8'?>
<flow-definition><definition class="org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition">
<scm class="hudson.plugins.git.GitSCM"><userRemoteConfigs><hudson.plugins.git.UserRemoteConfig>
<url>${url}</url><credentialsId>clone</credentialsId>
</hudson.plugins.git.UserRemoteConfig></userRemoteConfigs></scm></definition></flow-definition>`

const CLONE = (url: string): string => `[remote "origin"]\n\turl = ${url}\n`
const APP = 'https://bitbucket.org/acme/app.git'
const PIPELINE = `pipeline {
  environment { API = credentials('api') }
  stages { stage('mirror') { steps {
    withCredentials([usernamePassword(credentialsId: 'bb', usernameVariable: 'BB_USER', passwordVariable: 'BB_PASS')]) {
      sh 'git push https://$BB_USER:$BB_PASS@bitbucket.org/acme/mirror.git'
      sh './ci/tag.sh'
    }
    git url: 'https://bitbucket.org/acme/lib.git', credentialsId: 'bb'
    sh "curl -X POST -u \\"$API_USR:$API_PSW\\" https://api.bitbucket.org/2.0/repositories/acme/app/commit/x/statuses/build"
  } } }
}
`
const SCRIPT = `git push --tags "https://$BB_USER:$BB_PASS@bitbucket.org/acme/app.git"\n`

async function scanned(files: Readonly<Record<string, string>>): Promise<Inventory> {
  const tree = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))
  const folder = temporaryFolder(withKeys(withKeys(tree, keys, 'home'), keys, 'home2'))
  folders.push(folder)
  return scan({ roots: [folder.path], follow: variableReader(consumers) }, consumers, context)
}

const words = ({ operation, access, repository, by }: Use): string =>
  [operation, access, repository && `${repository.workspace}/${repository.slug}`, by].filter(Boolean).join(' | ')
const usesOf = ({ places }: Inventory): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(places.map(({ address, uses }) => [address, uses.map(words)]))

const OF_BB = [
  'git-push | acme/mirror | Jenkinsfile line 5',
  'git-fetch | acme/lib | Jenkinsfile line 8',
  'git-push | acme/app | ci/tag.sh line 1',
]
const OF_API = ['rest | write | acme/app | Jenkinsfile line 9']

describe('a credential that a Jenkinsfile names by its id', () => {
  it('is the one that the job is given which builds the repository', async () => {
    const inventory = await scanned({
      'home/credentials.xml': store('bb', 'api', 'clone'),
      'home/jobs/app/config.xml': job(APP),
      'app/.git/config': CLONE(APP),
      'app/Jenkinsfile': PIPELINE,
      'app/ci/tag.sh': SCRIPT,
    })
    expect(usesOf(inventory)).toEqual({
      'system/_/bb': OF_BB,
      'system/_/api': OF_API,
      'system/_/clone': ['git-fetch | acme/app | job app'],
    })
    expect(inventory.unanswered.filter(({ by }) => !by.startsWith('remote'))).toEqual([])
  })

  it('is the only one of that id where no job is known to build the repository, and the use says so', async () => {
    const inventory = await scanned({
      'home/credentials.xml': store('bb'),
      'app/.git/config': CLONE('https://git.example.com/acme/app.git'),
      'app/Jenkinsfile': PIPELINE,
    })
    expect(usesOf(inventory)).toEqual({
      'system/_/bb': OF_BB.slice(0, 2).map((use) => `${use} (by the id of the credential alone)`),
    })
    expect(inventory.unanswered.map(words)).toEqual(OF_API)
  })

  it('is unanswered where two controllers have it and no job is known to build the repository', async () => {
    const inventory = await scanned({
      'home/credentials.xml': store('bb'),
      'home2/credentials.xml': store('bb'),
      'app/.git/HEAD': '',
      'app/Jenkinsfile': PIPELINE,
    })
    expect(inventory.unanswered.map(words)).toEqual([...OF_BB.slice(0, 2), ...OF_API])
  })

  it('is unanswered where the controller is not scanned, and is told only when it is for Bitbucket', async () => {
    const inventory = await scanned({
      'app/.git/HEAD': '',
      'app/Jenkinsfile': `${PIPELINE}// hub
node { withCredentials([string(credentialsId: 'gh', variable: 'T')]) { sh 'curl -H "Authorization: Bearer $T" https://api.github.com/user' }
git url: 'https://github.com/acme/x.git', credentialsId: 'gh' }`,
    })
    expect(inventory.places).toEqual([])
    expect(inventory.unanswered.map(words)).toEqual([...OF_BB.slice(0, 2), ...OF_API])
  })
})
