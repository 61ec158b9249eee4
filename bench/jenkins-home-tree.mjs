// A Jenkins home from a seed: credentials in folders, jobs that use them, keys; and, where they are asked for, records of builds as Jenkins
// keeps them. Made once and kept until it is asked for with another seed. Without builds there is nothing but configurations, so that whoever
// reads the home has nothing to skip.
import { createCipheriv, createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appPassword, randomFrom } from './file-tree.mjs'

const PROLOG = "<?xml version='1.1' encoding='UTF-8'?>\n"
const PER_FOLDER = 10
const JOBS_PER_FOLDER = 20
const STORE = 'java.util.concurrent.CopyOnWriteArrayList'

/** `{ folder, files, bytes, credentials, jobs }`. `system`: how many credentials stand in the store of the controller; `builds`: of each job. */
export function makeJenkinsHome({ seed, credentials, system = Math.ceil(credentials / 100), builds = 0 }) {
  const folder = join(
    tmpdir(),
    `keyturn-bench-jenkins-${seed}-${credentials}-${system}${builds > 0 ? `-${builds}` : ''}`,
  )
  const done = `${folder}.json`
  if (existsSync(done)) return { folder, ...JSON.parse(readFileSync(done, 'utf8')) }
  rmSync(folder, { recursive: true, force: true })
  const home = writer(folder)
  const random = randomFrom(seed)
  const keys = writeKeys(home, random)
  const folders = credentials / PER_FOLDER
  home.write('credentials.xml', systemStore(system, random, keys))
  for (let at = 0; at < folders; at++) {
    const name = `team-${at}`
    home.write(`jobs/${name}/config.xml`, folderConfig(random, keys))
    for (let job = 0; job < JOBS_PER_FOLDER; job++) {
      home.write(`jobs/${name}/jobs/job-${job}/config.xml`, jobConfig(random, name, job))
      if (builds > 0) home.write(`jobs/${name}/jobs/job-${job}/scm-polling.log`, pollingLog(name, job))
      for (let build = 1; build <= builds; build++) writeBuild(home, random, { name, job, build })
    }
  }
  const facts = {
    files: home.files,
    bytes: home.bytes,
    credentials: credentials + system,
    jobs: folders * JOBS_PER_FOLDER,
  }
  writeFileSync(done, JSON.stringify(facts))
  return { folder, ...facts }
}

function writer(folder) {
  const home = {
    files: 0,
    bytes: 0,
    write: (name, content) => {
      const path = join(folder, name)
      mkdirSync(join(path, '..'), { recursive: true })
      writeFileSync(path, content)
      home.files++
      home.bytes += Buffer.byteLength(content)
    },
  }
  return home
}

function writeKeys(home, random) {
  const bytes = (count) => Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)))
  const master = bytes(128).toString('hex')
  const plain = bytes(256)
  const cipher = createCipheriv('aes-128-ecb', createHash('sha256').update(master).digest().subarray(0, 16), null)
  home.write('secrets/master.key', master)
  home.write(
    'secrets/hudson.util.Secret',
    Buffer.concat([cipher.update(plain), cipher.update('::::MAGIC::::'), cipher.final()]),
  )
  return { dataKey: plain.subarray(0, 16), bytes }
}

/** What a build that checks out with git leaves: its record, its log, what changed. */
function writeBuild(home, random, { name, job, build }) {
  const at = {
    url: `https://bitbucket.org/acme/${name}-${job}.git`,
    id: `bb-${job % PER_FOLDER}`,
    sha: hexOf(random, 40),
    build,
  }
  const folder = `jobs/${name}/jobs/job-${job}/builds/${build}`
  home.write(`${folder}/build.xml`, buildRecord(at))
  home.write(`${folder}/log`, buildLog(random, at))
  if (job % 2 === 1) home.write(`${folder}/workflow-completed/flowNodeStore.xml`, flowNodes(random, at))
  home.write(`${folder}/changelog.xml`, `commit ${at.sha}\ntree ${hexOf(random, 40)}\n\n    Names the reason\n`)
}

/** Thirty steps of a pipeline, of which one fetches. */
function flowNodes(random, { url, id }) {
  const step = (node, name, args) => `  <entry>
    <string>${node}</string>
    <Tag plugin="workflow-support@1010.vb">
      <node class="cps.n.StepAtomNode" plugin="workflow-cps@4330.v">
        <parentIds><string>${node - 1}</string></parentIds>
        <id>${node}</id>
        <descriptorId>${name}</descriptorId>
      </node>
      <actions>
        <s.a.LogStorageAction/>
        <wf.a.TimingAction plugin="workflow-api@1400.v"><startTime>${1_790_000_000_000 + node}</startTime></wf.a.TimingAction>
        <cps.a.ArgumentsActionImpl plugin="workflow-cps@4330.v">
          <arguments class="linked-hash-map">${args}</arguments>
          <isUnmodifiedBySanitization>true</isUnmodifiedBySanitization>
        </cps.a.ArgumentsActionImpl>
      </actions>
    </Tag>
  </entry>
`
  const named = (name, value) => `<entry><string>${name}</string><string>${value}</string></entry>`
  const steps = Array.from({ length: 30 }, (_, node) =>
    node === 3
      ? step(node, 'org.jenkinsci.plugins.workflow.steps.scm.GitStep', named('url', url) + named('credentialsId', id))
      : step(node, 'org.jenkinsci.plugins.workflow.steps.EchoStep', named('message', `built ${hexOf(random, 12)}`)),
  )
  return `${PROLOG}<linked-hash-map>\n${steps.join('')}</linked-hash-map>`
}

function pollingLog(name, job) {
  return `Started on Nov 29, 2026, 6:00:00 PM
Using strategy: Default
[poll] Last Built Revision: Revision ${'0'.repeat(40)} (refs/remotes/origin/main)
The recommended git tool is: NONE
using credential bb-${job % PER_FOLDER}
 > git --version # timeout=10
using GIT_ASKPASS to set credentials checks out the sources
 > git ls-remote -h -- https://bitbucket.org/acme/${name}-${job}.git # timeout=10
Found 3 remote heads on https://bitbucket.org/acme/${name}-${job}.git
Done. Took 0.6 sec
No changes
`
}

const hexOf = (random, length) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')

function buildRecord({ url, sha, build }) {
  return `${PROLOG}<build>
  <actions>
    <hudson.model.CauseAction>
      <causeBag class="linked-hash-map">
        <entry>
          <hudson.triggers.SCMTrigger_-SCMTriggerCause/>
          <int>1</int>
        </entry>
      </causeBag>
    </hudson.model.CauseAction>
    <hudson.plugins.git.util.BuildData plugin="git@5.10.1">
      <buildsByBranchName>
        <entry>
          <string>refs/remotes/origin/main</string>
          <hudson.plugins.git.util.Build>
            <marked>
              <sha1>${sha}</sha1>
              <branches class="list">
                <hudson.plugins.git.Branch>
                  <sha1 reference="../../../sha1"/>
                  <name>refs/remotes/origin/main</name>
                </hudson.plugins.git.Branch>
              </branches>
            </marked>
            <revision reference="../marked"/>
            <hudsonBuildNumber>${build}</hudsonBuildNumber>
          </hudson.plugins.git.util.Build>
        </entry>
      </buildsByBranchName>
      <remoteUrls>
        <string>${url}</string>
      </remoteUrls>
    </hudson.plugins.git.util.BuildData>
  </actions>
  <queueId>${build}</queueId>
  <timestamp>1790000000000</timestamp>
  <result>SUCCESS</result>
  <duration>48211</duration>
  <charset>UTF-8</charset>
  <keepLog>false</keepLog>
  <builtOn>agent-1</builtOn>
  <hudsonVersion>2.528.1</hudsonVersion>
  <scm class="hudson.scm.NullSCM"/>
  <culprits class="com.google.common.collect.EmptyImmutableSortedSet"/>
</build>`
}

/** Some 6 KB: what the git plugin prints, and then the lines of a build tool. */
function buildLog(random, { url, id, sha }) {
  const head = `Started by an SCM change
Running as SYSTEM
Building remotely on agent-1 in workspace /home/jenkins/workspace
The recommended git tool is: NONE
using credential ${id}
 > git rev-parse --resolve-git-dir /home/jenkins/workspace/.git # timeout=10
Fetching changes from the remote Git repository
 > git config remote.origin.url ${url} # timeout=10
Fetching upstream changes from ${url}
 > git --version # timeout=10
using GIT_ASKPASS to set credentials checks out the sources
 > git fetch --tags --force --progress -- ${url} +refs/heads/*:refs/remotes/origin/* # timeout=10
Checking out Revision ${sha} (refs/remotes/origin/main)
 > git checkout -f ${sha} # timeout=10
`
  const line = () =>
    `[INFO] ${hexOf(random, 12)} compiled module-${Math.floor(random() * 400)} in ${Math.floor(random() * 9000)} ms\n`
  return `${head}${Array.from({ length: 100 }, line).join('')}Finished: SUCCESS\n`
}

function sealed(text, { dataKey, bytes }) {
  const iv = bytes(16)
  const cipher = createCipheriv('aes-128-cbc', dataKey, iv)
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  const header = Buffer.alloc(9)
  header[0] = 1
  header.writeUInt32BE(16, 1)
  header.writeUInt32BE(ciphertext.length, 5)
  return `{${Buffer.concat([header, iv, ciphertext]).toString('base64')}}`
}

function pair(id, random, keys) {
  const type = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
  return `          <${type}>
            <scope>GLOBAL</scope>
            <id>${id}</id>
            <description>checks out the sources</description>
            <username>ci-${id}</username>
            <password>${sealed(appPassword(random), keys)}</password>
            <usernameSecret>false</usernameSecret>
          </${type}>
`
}

function map(credentials) {
  return `      <domainCredentialsMap class="hudson.util.CopyOnWriteMap$Hash">
        <entry>
          <com.cloudbees.plugins.credentials.domains.Domain>
            <specifications/>
          </com.cloudbees.plugins.credentials.domains.Domain>
          <${STORE}>
${credentials}          </${STORE}>
        </entry>
      </domainCredentialsMap>
`
}

function systemStore(count, random, keys) {
  const type = 'com.cloudbees.plugins.credentials.SystemCredentialsProvider'
  const all = Array.from({ length: count }, (_, at) => pair(`system-${at}`, random, keys)).join('')
  return `${PROLOG}<${type} plugin="credentials@1502.v5c95e620ddfe">\n${map(all)}</${type}>`
}

function folderConfig(random, keys) {
  const type = 'com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider_-FolderCredentialsProperty'
  const all = Array.from({ length: PER_FOLDER }, (_, at) => pair(`bb-${at}`, random, keys)).join('')
  return `${PROLOG}<com.cloudbees.hudson.plugins.folder.Folder plugin="cloudbees-folder@6.1100">
  <properties>
    <${type}>
${map(all)}    </${type}>
  </properties>
</com.cloudbees.hudson.plugins.folder.Folder>`
}

/** Half pipelines from SCM, a quarter multibranch projects, an eighth freestyle, an eighth of other hosts. */
function jobConfig(random, folder, job) {
  const id = random() < 0.9 ? `bb-${job % PER_FOLDER}` : `system-${job}`
  const kind = Math.floor(random() * 8)
  if (kind < 4) return pipeline(remote(`https://bitbucket.org/acme/${folder}-${job}.git`, id))
  if (kind < 6) return multibranch(folder, job, id)
  const url =
    kind === 6 ? `https://bitbucket.org/acme/${folder}-${job}.git` : `https://git.example.org/acme/${folder}-${job}.git`
  return `${PROLOG}<project>
  <description>${'builds and tests and tells. '.repeat(20)}</description>
  <scm class="hudson.plugins.git.GitSCM" plugin="git@5.10.1">
${remote(url, id)}  </scm>
  <builders>
    <hudson.tasks.Shell><command>make all &amp;&amp; make check</command></hudson.tasks.Shell>
  </builders>
</project>`
}

function remote(url, id) {
  return `    <userRemoteConfigs>
      <hudson.plugins.git.UserRemoteConfig>
        <url>${url}</url>
        <credentialsId>${id}</credentialsId>
      </hudson.plugins.git.UserRemoteConfig>
    </userRemoteConfigs>
`
}

function pipeline(scm) {
  return `${PROLOG}<flow-definition plugin="workflow-job@1400">
  <actions/>
  <description>${'builds and tests and tells. '.repeat(20)}</description>
  <keepDependencies>false</keepDependencies>
  <definition class="org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition" plugin="workflow-cps@4000">
    <scm class="hudson.plugins.git.GitSCM" plugin="git@5.10.1">
${scm}    </scm>
    <scriptPath>Jenkinsfile</scriptPath>
    <lightweight>true</lightweight>
  </definition>
  <triggers/>
  <disabled>false</disabled>
</flow-definition>`
}

function multibranch(folder, job, id) {
  return `${PROLOG}<org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject plugin="workflow-multibranch@800">
  <description>${'builds and tests and tells. '.repeat(20)}</description>
  <sources class="jenkins.branch.MultiBranchProject$BranchSourceList" plugin="branch-api@2.1280">
    <data>
      <jenkins.branch.BranchSource>
        <source class="com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMSource" plugin="cloudbees-bitbucket-branch-source@937.3.9">
          <id>${folder}-${job}</id>
          <serverUrl>https://bitbucket.org</serverUrl>
          <credentialsId>${id}</credentialsId>
          <repoOwner>acme</repoOwner>
          <repository>${folder}-${job}</repository>
        </source>
      </jenkins.branch.BranchSource>
    </data>
  </sources>
</org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject>`
}
