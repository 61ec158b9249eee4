import { decoy, draft, type Mark } from '../draft.ts'
import { apiToken, unprefixedAppPassword } from '../secrets.ts'
import type { CorpusFile, Setting, Shape } from '../setting.ts'

/** A secret of another service, of the same outer form as an app password without prefix. */
const foreign = (s: Setting, why = 'other service'): Mark => decoy(why, unprefixedAppPassword(s))

/** The tools that also hold Bitbucket credentials, set up for something else. */
const CONFIGURATIONS: readonly ((s: Setting) => CorpusFile)[] = [
  (s) => ({
    path: 'renovate.env',
    format: 'dotenv',
    text: draft`RENOVATE_PLATFORM=gitea
RENOVATE_ENDPOINT=https://gitea.example.com/api/v1
RENOVATE_USERNAME=${s.user}
RENOVATE_PASSWORD=${foreign(s)}
# the mirror at bitbucket.org is read only
`,
  }),
  (s) => ({
    path: 'backup/conf.yml',
    format: 'yaml',
    text: draft`source:
  gitea:
    - user: ${s.user}
      password: ${foreign(s)}
  bitbucket:
    - user: ${s.user}
      ssh: true
  gitlab:
    - user: ${s.user}
      token: ${foreign(s)}
`,
  }),
  (s) => ({
    path: '.nextflow/scm',
    format: 'groovy',
    text: draft`providers {
    gitlab {
        user = '${s.user}'
        password = '${foreign(s)}'
    }
    stash {
        platform = 'bitbucketserver'
        server = 'https://bitbucket.example.com'
        password = '${foreign(s, 'data center')}'
    }
}
`,
  }),
  (s) => ({
    path: 'casc/jenkins.yaml',
    format: 'yaml',
    text: draft`credentials:
  system:
    domainCredentials:
      - credentials:
          - usernamePassword:
              id: nexus
              username: deploy
              password: ${foreign(s)}
          - usernamePassword:
              id: bitbucket
              username: ${s.user}
              password: "${decoy('placeholder', '$' + '{BITBUCKET_PASSWORD}')}"
`,
  }),
  (s) => ({
    path: 'clusters/notify.yaml',
    format: 'yaml',
    text: draft`apiVersion: v1
kind: Secret
metadata: { name: gitlab-token }
stringData:
  token: ${foreign(s)}
---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Provider
metadata: { name: gitlab }
spec: { type: gitlab, address: 'https://gitlab.com/x/y', secretRef: { name: gitlab-token } }
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: app }
spec: { url: 'ssh://git@bitbucket.org/${s.workspace}/${s.repo}' }
`,
  }),
  (s) => ({
    path: 'infra/source.yaml',
    format: 'yaml',
    text: draft`Resources:
  Credential:
    Type: AWS::CodeBuild::SourceCredential
    Properties:
      AuthType: PERSONAL_ACCESS_TOKEN
      ServerType: GITHUB
      Token: ${foreign(s)}
`,
  }),
  (s) => ({
    path: 'atlantis.env',
    format: 'dotenv',
    text: draft`ATLANTIS_BITBUCKET_BASE_URL=https://bitbucket.example.com
ATLANTIS_BITBUCKET_USER=${s.user}
ATLANTIS_BITBUCKET_TOKEN=${foreign(s, 'data center')}
ATLANTIS_BITBUCKET_WEBHOOK_SECRET=${foreign(s, 'webhook secret')}
ATLANTIS_GITLAB_TOKEN=${foreign(s)}
`,
  }),
  (s) => ({
    path: 'danger.env',
    format: 'dotenv',
    text: draft`DANGER_BITBUCKETSERVER_HOST=bitbucket.example.com
DANGER_BITBUCKETSERVER_USERNAME=${s.user}
DANGER_BITBUCKETSERVER_PASSWORD=${foreign(s, 'data center')}
DANGER_GITLAB_API_TOKEN=${foreign(s)}
`,
  }),
  (s) => ({
    path: 'compose.yaml',
    format: 'yaml',
    text: draft`services:
  bitbucket:
    image: atlassian/bitbucket:9
    environment:
      SETUP_SYSADMIN_PASSWORD: ${foreign(s, 'data center')}
      JDBC_PASSWORD: ${foreign(s)}
  db:
    image: postgres
    environment:
      - POSTGRES_PASSWORD=${foreign(s)}
`,
  }),
  (s) => ({
    path: 'app-config.yaml',
    format: 'yaml',
    text: draft`integrations:
  bitbucketServer:
    - host: bitbucket.example.com
      username: ${s.user}
      password: ${foreign(s, 'data center')}
  gitea:
    - host: gitea.example.com
      password: ${foreign(s)}
  bitbucketCloud:
    - username: ${s.user}
      appPassword: ${decoy('placeholder', '$' + '{BITBUCKET_APP_PASSWORD}')}
`,
  }),
]

function configurations(s: Setting): CorpusFile {
  return s.pick(CONFIGURATIONS)(s)
}

/** The variables of one family of servers for all of Atlassian. */
function modelContext(s: Setting): CorpusFile {
  const product = s.pick(['jira', 'confluence'])
  return {
    path: s.pick(['.mcp.json', '.cursor/mcp.json', '.vscode/mcp.json']),
    format: 'json',
    text: draft`{
  "mcpServers": {
    "${product}": {
      "command": "npx",
      "args": ["-y", "@aashari/mcp-server-atlassian-${product}"],
      "env": {
        "ATLASSIAN_SITE_NAME": "${s.workspace}",
        "ATLASSIAN_USER_EMAIL": "${s.email}",
        "ATLASSIAN_API_TOKEN": "${decoy('jira token', apiToken(s))}"
      }
    }
  }
}
`,
  }
}

/** Neighbours in the same file: only the host tells them apart, and Bitbucket's own entry holds no secret. */
function neighbours(s: Setting): CorpusFile {
  return s.pick<() => CorpusFile>([
    () => ({
      path: '.netrc',
      format: 'netrc',
      text: draft`machine bitbucket.org
  login ${s.user}
machine github.com
  login ${s.user}
  password ${foreign(s, 'other host')}
`,
    }),
    () => ({
      path: 'settings.xml',
      format: 'xml',
      text: draft`<settings><servers>
<server><id>bitbucket-ssh</id><username>git</username><privateKey>~/.ssh/id</privateKey></server>
<server><id>nexus</id><username>deploy</username>
  <password>${foreign(s)}</password></server>
</servers></settings>
`,
    }),
    () => ({
      path: 'scripts/deploy.sh',
      format: 'shell',
      text: draft`git clone git@bitbucket.org:${s.workspace}/${s.repo}.git
curl -u deploy:${foreign(s, 'other host')} -T app.jar https://nexus.example.com/repository/app.jar
export APP_PASSWORD=${foreign(s)} # of the application, not of the repository
`,
    }),
    () => ({
      path: 'k8s/app.yaml',
      format: 'yaml',
      text: draft`apiVersion: v1
kind: Secret
metadata:
  name: app
  annotations: { source: 'https://bitbucket.org/${s.workspace}/${s.repo}' }
stringData:
  smtp-username: ${s.user}
  smtp-password: ${foreign(s)}
data:
  session-key: ${decoy('other service', Buffer.from(unprefixedAppPassword(s)).toString('base64'))}
`,
    }),
    () => ({
      path: 'tests/url_test.py',
      format: 'python',
      text: draft`CASES = [
    "https://${decoy('placeholder', s.pick(['user:pass', 'user:password', 'username:password', 'foo:bar', 'user:token', 'me:pw']))}@bitbucket.org/owner/repo.git",
    "https://x-token-auth:${decoy('placeholder', '{access_token}')}@bitbucket.org/owner/repo.git",
    "https://x-bitbucket-api-token-auth:${decoy('placeholder', '{token}')}@bitbucket.org/owner/repo.git",
]
`,
    }),
  ])()
}

export const sameToolLookalikes: readonly Shape[] = [
  { name: 'same tools, other services', root: 'projects', times: 110, make: configurations },
  { name: 'servers for Jira and Confluence', root: 'homes', times: 25, make: modelContext },
  { name: 'neighbours', root: 'projects', times: 80, make: neighbours },
]
