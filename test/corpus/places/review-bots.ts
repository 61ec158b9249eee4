import { decoy, draft } from '../draft.ts'
import { alone, type CorpusFile, type Login, placesOf, REST, type Setting, type Shape } from '../setting.ts'

const renovate = placesOf('renovate', REST)

const dependabot = placesOf('dependabot', REST)

const snyk = placesOf('snyk', REST)

const backstage = placesOf('backstage', REST)

const sourcegraph = placesOf('sourcegraph', REST)

const sourcebot = placesOf('sourcebot', REST)

const devlake = placesOf('devlake', REST)

const danger = placesOf('danger', REST)

const prAgent = placesOf('pr-agent', REST)

const reviewdog = placesOf('reviewdog', REST)

const RENOVATE: readonly ((s: Setting, login: Login, host: Login) => CorpusFile)[] = [
  (s, login, host) => ({
    path: s.pick(['config.js', 'renovate/config.js', 'config.cjs']),
    format: 'javascript',
    text: draft`// ${s.note()}
module.exports = {
  platform: 'bitbucket',
  username: '${login.username}',
  password: ${s.chance(50) ? draft`'${renovate.secret(login, 'literal')}'` : draft`"${renovate.secret(login, 'literal')}"`},
  autodiscover: true,
  hostRules: [
    { matchHost: 'registry.example.org', token: '${decoy('other service', `np${'m_'}${s.hex(36)}`)}' },
    {
      matchHost: 'bitbucket.org',
      username: '${host.username}',
      password: '${renovate.secret(host, 'literal')}',
    },
  ],
}
`,
  }),
  (s, login) => ({
    path: s.pick(['renovate.json5', '.renovaterc.json5']),
    format: 'jsonc',
    text: draft`{
  // ${s.note()}
  extends: ['config:recommended'],
  hostRules: [
    {
      matchHost: "https://api.bitbucket.org/2.0/",
      username: "${login.username}", /* reads changelogs */
      password: "${renovate.secret(login, 'json')}",
    },
  ],
}
`,
  }),
  (s, login) => ({
    path: 'renovate.env',
    format: 'dotenv',
    text: draft`RENOVATE_PLATFORM=bitbucket
RENOVATE_USERNAME=${login.username}
RENOVATE_PASSWORD=${renovate.secret(login)}
RENOVATE_GITHUB_COM_TOKEN=${decoy('other service', `gh${'p_'}${s.hex(36)}`)}
`,
  }),
  (s, login) => ({
    path: 'config.json',
    format: 'json',
    text: draft`{
  "platform": "bitbucket",
  "username": "${login.username}",
  "password": "${renovate.secret(login, 'json')}",
  "repositories": ["${s.workspace}/${s.repo}"]
}
`,
  }),
]

function renovateConfig(s: Setting): CorpusFile {
  const login = s.rest()
  const host = s.app()
  return s.pick(RENOVATE)(s, login, host)
}

function dependabotFiles(s: Setting): CorpusFile {
  const login = s.app()
  return s.chance(50)
    ? {
        path: 'dependabot/update.rb',
        format: 'ruby',
        text: draft`credentials = [
  {
    "type" => "git_source",
    "host" => "bitbucket.org",
    "username" => "${login.username}",
    "password" => "${dependabot.secret(login)}"
  }
]
`,
      }
    : {
        path: '.env',
        format: 'dotenv',
        text: draft`BITBUCKET_APP_USERNAME=${login.username}
BITBUCKET_APP_PASSWORD=${dependabot.secret(login)}
PROJECT_PATH=${s.workspace}/${s.repo}
`,
      }
}

function backstageConfig(s: Setting): CorpusFile {
  const login = s.rest()
  const key = login.kind === 'api-token' ? 'token' : 'appPassword'
  return {
    path: s.pick(['app-config.yaml', 'app-config.production.yaml', 'app-config.local.yaml']),
    format: 'yaml',
    text: draft`integrations:
  github:
    - host: github.com
      token: ${decoy('placeholder', '$' + '{GITHUB_TOKEN}')}
  bitbucketCloud:
    - username: ${login.username}
      ${key}: ${backstage.secret(login)}
catalog: { rules: [] }
`,
  }
}

function danbotFiles(s: Setting): CorpusFile {
  const login = s.app()
  return {
    path: 'danger.env',
    format: 'dotenv',
    text: s.chance(70)
      ? draft`DANGER_BITBUCKETCLOUD_USERNAME=${login.username}
DANGER_BITBUCKETCLOUD_PASSWORD=${danger.secret(login)}
DANGER_BITBUCKETCLOUD_UUID={${s.hex(8)}-${s.hex(4)}-4${s.hex(3)}-9${s.hex(3)}-${s.hex(12)}}
`
      : draft`DANGER_BITBUCKETCLOUD_REPO_ACCESSTOKEN=${danger.secret(alone(s.access()))}\n`,
  }
}

export const reviewBotPlaces: readonly Shape[] = [
  { name: 'Renovate', root: 'projects', times: 30, make: renovateConfig },
  { name: 'Dependabot', root: 'projects', times: 12, make: dependabotFiles },
  {
    name: 'Snyk',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.app()
      return {
        path: 'scripts/count.sh',
        format: 'shell',
        text: draft`SNYK_TOKEN=${decoy('other service', `${s.hex(8)}-${s.hex(4)}-4${s.hex(3)}-8${s.hex(3)}-${s.hex(12)}`)}
snyk-scm-contributors-count bitbucket-cloud --user ${login.username} --password ${snyk.secret(login)} --workspaces ${s.workspace}
`,
      }
    },
  },
  { name: 'Backstage', root: 'projects', times: 14, make: backstageConfig },
  {
    name: 'Sourcegraph',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.app()
      return {
        path: 'sourcegraph/bitbucket.json',
        format: 'jsonc',
        text: draft`{
  // ${s.note()}
  "url": "https://bitbucket.org",
  "username": "${login.username}",
  "appPassword": "${sourcegraph.secret(login, 'json')}",
  "teams": ["${s.workspace}"],
}
`,
      }
    },
  },
  {
    name: 'Sourcebot',
    root: 'projects',
    times: 6,
    make: (s) => {
      const login = s.shaped()
      return {
        path: 'sourcebot/config.json',
        format: 'json',
        text: draft`{
  "connections": {
    "bb": {
      "type": "bitbucket",
      "deploymentType": "cloud",
      "user": "${login.username}",
      "token": "${sourcebot.secret(login, 'json')}",
      "workspaces": ["${s.workspace}"]
    }
  }
}
`,
      }
    },
  },
  {
    name: 'DevLake',
    root: 'projects',
    times: 6,
    make: (s) => {
      const login = s.rest()
      return {
        path: 'devlake/connection.json',
        format: 'json',
        text: draft`{
  "name": "bb",
  "endpoint": "https://api.bitbucket.org/2.0/",
  "username": "${login.username}",
  "password": "${devlake.secret(login, s.pick(['json', 'json-html-safe'] as const))}",
  "usesApiToken": ${login.kind === 'api-token' ? 'true' : 'false'}
}
`,
      }
    },
  },
  { name: 'Danger', root: 'projects', times: 10, make: danbotFiles },
  {
    name: 'PR-Agent',
    root: 'projects',
    times: 12,
    make: (s) =>
      s.chance(50)
        ? {
            path: '.env',
            format: 'dotenv',
            text: draft`CONFIG__GIT_PROVIDER=bitbucket
BITBUCKET__AUTH_TYPE=basic
BITBUCKET__BASIC_TOKEN=${prAgent.pair(s.rest())}
OPENAI__KEY=${decoy('other service', `sk${'-'}${s.hex(48)}`)}
`,
          }
        : {
            path: 'pr_agent/settings/.secrets.toml',
            format: 'toml',
            text: draft`[openai]
key = "${decoy('other service', `sk${'-'}${s.hex(48)}`)}"

[bitbucket]
auth_type = "basic"
basic_token = "${prAgent.pair(s.rest())}"
`,
          },
  },
  {
    name: 'PR-Agent with bearer',
    root: 'projects',
    times: 6,
    make: (s) => ({
      path: 'configuration.toml',
      format: 'toml',
      text: draft`# ${s.note()}
[bitbucket]
auth_type = 'bearer'
bearer_token = '${prAgent.secret(alone(s.access()))}'
`,
    }),
  },
  {
    name: 'reviewdog',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.shaped()
      return {
        path: 'ci/lint.sh',
        format: 'shell',
        text: draft`export BITBUCKET_USER="${login.username}"
export BITBUCKET_PASSWORD="${reviewdog.secret(login, 'shell-double')}"
golint ./... | reviewdog -f=golint -reporter=bitbucket-code-report
`,
      }
    },
  },
]
