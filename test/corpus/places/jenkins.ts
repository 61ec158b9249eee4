import { type Draft, decoy, draft, type Mark } from '../draft.ts'
import { type CorpusFile, GIT, type Login, placesOf, REST, type Setting, type Shape } from '../setting.ts'
import { loginUrl } from '../urls.ts'
import { type JenkinsKeys, jenkinsKeys } from './jenkins-cipher.ts'

const branchSource = placesOf('jenkins.bbs', REST)
const gitPlugin = placesOf('jenkins.git', GIT)
const library = placesOf('jenkins.lib', GIT)
const casc = placesOf('jenkins.jcasc', GIT)
const jobDsl = placesOf('jenkins.jobdsl', GIT)
const binding = placesOf('jenkins.binding', REST)
const bindingGit = placesOf('jenkins.binding', GIT)
const builder = placesOf('jenkins.legacy', REST)

function encrypted({ username, secret, kind }: Login, keys: JenkinsKeys, consumer: string, host: string): Mark {
  return { stored: keys.encrypt(secret), truths: [{ username, secret, kind, consumer, host, encoding: ['jenkins'] }] }
}

function keyFiles(home: string, keys: JenkinsKeys): readonly CorpusFile[] {
  return [
    { path: `${home}/secrets/master.key`, format: 'jenkins-key', text: draft``, bytes: keys.masterKey },
    { path: `${home}/secrets/hudson.util.Secret`, format: 'jenkins-key', text: draft``, bytes: keys.secretFile },
  ]
}

function userPassword(id: string, description: string, username: string, password: Mark): Draft {
  return draft`          <com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>
            <scope>GLOBAL</scope>
            <id>${id}</id>
            <description>${description}</description>
            <username>${username}</username>
            <password>${password}</password>
            <usernameSecret>false</usernameSecret>
          </com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>
`
}

function store(credentials: Draft): Draft {
  return draft`<?xml version='1.1' encoding='UTF-8'?>
<com.cloudbees.plugins.credentials.SystemCredentialsProvider plugin="credentials@1415.v831096eb_5534">
  <domainCredentialsMap class="hudson.util.CopyOnWriteMap$Hash">
    <entry>
      <com.cloudbees.plugins.credentials.domains.Domain>
        <specifications/>
      </com.cloudbees.plugins.credentials.domains.Domain>
      <java.util.concurrent.CopyOnWriteArrayList>
${credentials}      </java.util.concurrent.CopyOnWriteArrayList>
    </entry>
  </domainCredentialsMap>
</com.cloudbees.plugins.credentials.SystemCredentialsProvider>
`
}

function jobConfig(s: Setting, id: string): Draft {
  return draft`<?xml version='1.1' encoding='UTF-8'?>
<project>
  <description>${s.note()}</description>
  <scm class="hudson.plugins.git.GitSCM" plugin="git@5.7.0">
    <userRemoteConfigs>
      <hudson.plugins.git.UserRemoteConfig>
        <url>https://bitbucket.org/${s.workspace}/${s.repo}.git</url>
        <credentialsId>${id}</credentialsId>
      </hudson.plugins.git.UserRemoteConfig>
    </userRemoteConfigs>
  </scm>
</project>
`
}

function jenkinsHome(s: Setting): readonly CorpusFile[] {
  const home = s.pick(['var/jenkins_home', 'var/lib/jenkins'])
  const keys = jenkinsKeys(s)
  const git = s.chance(75) ? { ...s.shaped(), username: s.user } : s.app()
  const rest = s.shaped()
  const github = decoy('encrypted, of another host', keys.encrypt(s.text('abcdef0123456789', 40)))
  const credentials = draft`${userPassword('bitbucket-git', 'Bitbucket git', git.username, encrypted(git, keys, 'jenkins.up', GIT))}${userPassword('github', 'GitHub', s.user, github)}${userPassword('bitbucket-rest', 'Bitbucket REST', rest.username, encrypted(rest, keys, 'jenkins.up', REST))}`
  return [
    { path: `${home}/credentials.xml`, format: 'xml', text: store(credentials), fixed: true },
    { path: `${home}/jobs/${s.repo}/config.xml`, format: 'xml', text: jobConfig(s, 'bitbucket-git'), fixed: true },
    ...keyFiles(home, keys),
  ]
}

function secretTextHome(s: Setting): readonly CorpusFile[] {
  const home = 'var/lib/jenkins'
  const keys = jenkinsKeys(s)
  const access = { ...s.access(), username: '' }
  const mark = encrypted(access, keys, 'jenkins.bbs', REST)
  const truths = mark.truths.map(({ secret, kind, consumer, host, encoding }) => ({
    secret,
    kind,
    consumer,
    host,
    encoding,
  }))
  const text =
    store(draft`        <org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl plugin="plain-credentials@195">
          <scope>GLOBAL</scope>
          <id>bitbucket-access-token</id>
          <description>Bitbucket workspace ${s.workspace}</description>
          <secret>${{ ...mark, truths }}</secret>
        </org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl>
`)
  return [{ path: `${home}/credentials.xml`, format: 'xml', text, fixed: true }, ...keyFiles(home, keys)]
}

export const jenkinsPlaces: readonly Shape[] = [
  { name: 'encrypted credentials of a home', root: 'hosts', times: 16, make: jenkinsHome },
  { name: 'encrypted secret text', root: 'hosts', times: 8, make: secretTextHome },
  {
    name: 'login in the address of a job',
    root: 'hosts',
    times: 10,
    make: (s) => ({
      path: `var/lib/jenkins/jobs/${s.repo}/config.xml`,
      format: 'xml',
      text: draft`<?xml version='1.1' encoding='UTF-8'?>
<flow-definition plugin="workflow-job@1400">
  <definition class="org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition">
    <scm class="hudson.plugins.git.GitSCM" plugin="git@5.7.0">
      <userRemoteConfigs>
        <hudson.plugins.git.UserRemoteConfig>
          <url>${loginUrl(s, gitPlugin, s.git(), { outer: ['xml'] })}</url>
        </hudson.plugins.git.UserRemoteConfig>
      </userRemoteConfigs>
    </scm>
    <scriptPath>Jenkinsfile</scriptPath>
  </definition>
</flow-definition>
`,
    }),
  },
  {
    name: 'password not yet encrypted',
    root: 'hosts',
    times: 8,
    make: (s) => {
      const login = { ...s.shaped(), username: s.user }
      const secret = s.pick(['xml', 'xml-numeric'] as const)
      return {
        path: 'srv/seed/credentials.xml',
        format: 'xml',
        text: store(
          userPassword('bitbucket', 'seeded', login.username, placesOf('jenkins.up', GIT).secret(login, secret)),
        ),
      }
    },
  },
  {
    name: 'global library',
    root: 'hosts',
    times: 8,
    make: (s) => ({
      path: 'var/lib/jenkins/org.jenkinsci.plugins.workflow.libs.GlobalLibraries.xml',
      format: 'xml',
      text: draft`<?xml version='1.1' encoding='UTF-8'?>
<org.jenkinsci.plugins.workflow.libs.GlobalLibraries>
  <libraries>
    <org.jenkinsci.plugins.workflow.libs.LibraryConfiguration>
      <name>shared</name>
      <retriever class="org.jenkinsci.plugins.workflow.libs.SCMSourceRetriever">
        <scm class="jenkins.plugins.git.GitSCMSource">
          <remote>${loginUrl(s, library, s.git(), { outer: ['xml'] })}</remote>
        </scm>
      </retriever>
      <defaultVersion>main</defaultVersion>
    </org.jenkinsci.plugins.workflow.libs.LibraryConfiguration>
  </libraries>
</org.jenkinsci.plugins.workflow.libs.GlobalLibraries>
`,
    }),
  },
  {
    name: 'configuration as code',
    root: 'projects',
    times: 18,
    make: (s) => {
      const login = s.chance(80) ? { ...s.shaped(), username: s.user } : s.app()
      const quote = s.pick(['', '"', "'"])
      return {
        path: s.pick(['jenkins.yaml', 'casc/credentials.yaml', 'jenkins/casc.yml']),
        format: 'yaml',
        text: draft`jenkins:
  systemMessage: "${s.note()}"
credentials:
  system:
    domainCredentials:
      - credentials:
          - usernamePassword:
              scope: GLOBAL
              id: bitbucket
              description: "Bitbucket Cloud"
              username: "${login.username}"
              password: ${quote}${casc.secret(login)}${quote}
          - usernamePassword:
              scope: GLOBAL
              id: nexus
              username: deploy
              password: "${decoy('placeholder', '$' + '{NEXUS_PASSWORD}')}"
`,
      }
    },
  },
  {
    name: 'Helm values with configuration as code in a block',
    root: 'projects',
    times: 10,
    make: (s) => {
      const login = { ...s.shaped(), username: s.user }
      return {
        path: 'charts/jenkins/values.yaml',
        format: 'yaml',
        text: draft`controller:
  JCasC:
    configScripts:
      credentials: |
        credentials:
          system:
            domainCredentials:
            - credentials:
              - usernamePassword:
                  id: bitbucket-cloud
                  username: ${login.username}
                  password: ${casc.secret(login, 'yaml-block')}
  adminPassword: ${decoy('other service', s.text('abcdefghij0123456789', 20))}
`,
      }
    },
  },
  {
    name: 'Job DSL and start-up scripts',
    root: 'projects',
    times: 14,
    make: (s) =>
      s.chance(50)
        ? {
            path: 'jobs/seed.groovy',
            format: 'groovy',
            text: draft`pipelineJob('${s.repo}') {
  definition { cpsScm { scm { git {
    remote { url('${loginUrl(s, jobDsl, s.git())}') } // ${s.note()}
    branch('main')
  } } } }
}
`,
          }
        : initScript(s),
  },
  {
    name: 'Jenkinsfile with curl and git',
    root: 'projects',
    times: 18,
    make: jenkinsfile,
  },
  {
    name: 'Jenkinsfile with literal variables',
    root: 'projects',
    times: 12,
    make: (s) => {
      const login = s.app()
      const quote = s.pick(["'", '"'])
      return {
        path: s.pick(['Jenkinsfile', 'vars/notifyBitbucket.groovy']),
        format: 'groovy',
        text: draft`pipeline {
  agent any
  environment {
    BITBUCKET_USERNAME = '${login.username}'
    BITBUCKET_APP_PASSWORD = ${quote}${binding.secret(login)}${quote}
    NEXUS = credentials('nexus')
  }
  stages { stage('status') { steps {
    sh 'curl -u "$BITBUCKET_USERNAME:$BITBUCKET_APP_PASSWORD" https://api.bitbucket.org/2.0/repositories/${s.workspace}/${s.repo}'
  } } }
}
`,
      }
    },
  },
  {
    name: 'pull request builder of old',
    root: 'hosts',
    times: 6,
    make: (s) => {
      const login = s.app()
      return {
        path: `var/lib/jenkins/jobs/${s.repo}-pr/config.xml`,
        format: 'xml',
        text: draft`<?xml version='1.0' encoding='UTF-8'?>
<project>
  <triggers>
    <bitbucketpullrequestbuilder.bitbucketpullrequestbuilder.BitbucketBuildTrigger plugin="bitbucket-pullrequest-builder@1.5.0">
      <spec>* * * * *</spec>
      <username>${login.username}</username>
      <password>${builder.secret(login, 'xml')}</password>
      <repositoryOwner>${s.workspace}</repositoryOwner>
      <repositoryName>${s.repo}</repositoryName>
    </bitbucketpullrequestbuilder.bitbucketpullrequestbuilder.BitbucketBuildTrigger>
  </triggers>
</project>
`,
      }
    },
  },
  {
    name: 'HTTP request step with a header',
    root: 'projects',
    times: 8,
    make: (s) => ({
      path: 'Jenkinsfile',
      format: 'groovy',
      text: draft`node {
  httpRequest url: 'https://api.bitbucket.org/2.0/repositories/${s.workspace}/${s.repo}/pullrequests',
    customHeaders: [[name: 'Authorization', value: 'Basic ${branchSource.pair(s.rest())}', maskValue: true]]
}
`,
    }),
  },
]

function initScript(s: Setting): CorpusFile {
  const login = { ...s.shaped(), username: s.user }
  return {
    path: 'init.groovy.d/credentials.groovy',
    format: 'groovy',
    text: draft`import com.cloudbees.plugins.credentials.impl.*
import com.cloudbees.plugins.credentials.*

def bitbucket = new UsernamePasswordCredentialsImpl(
  CredentialsScope.GLOBAL, "bitbucket", "Bitbucket Cloud", "${login.username}", "${jobDsl.secret(login)}")
SystemCredentialsProvider.instance.credentials.add(bitbucket)
`,
  }
}

function jenkinsfile(s: Setting): CorpusFile {
  return {
    path: s.pick(['Jenkinsfile', 'ci/Jenkinsfile.release', 'Jenkinsfile.nightly']),
    format: 'groovy',
    text: draft`// ${s.note()}
node('linux') {
  stage('checkout') {
    git url: "${loginUrl(s, bindingGit, s.git())}", branch: 'main'
  }
  stage('status') {
    sh """
      curl -s -X POST -u ${curlPair(s)} \\
        https://api.bitbucket.org/2.0/repositories/${s.workspace}/${s.repo}/commit/\${GIT_COMMIT}/statuses/build
    """
  }
}
`,
  }
}

function curlPair(s: Setting): Draft {
  const login = s.app()
  return draft`${login.username}:${binding.secret(login)}`
}
