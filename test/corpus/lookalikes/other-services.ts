import { type Draft, decoy, draft, type Mark } from '../draft.ts'
import { ALPHANUMERIC } from '../random.ts'
import {
  accessToken,
  apiToken,
  appPassword,
  dataCenterToken,
  unprefixedAppPassword,
  withWrongChecksum,
} from '../secrets.ts'
import type { CorpusFile, Setting, Shape } from '../setting.ts'

const OTHER_HOSTS = [
  'github.com',
  'gitlab.com',
  'bitbucket.example.com',
  'git.bitbucket.example.com',
  'bitbucket.org.evil.example',
  'notbitbucket.org',
  'mybitbucket.org.example.net',
  'stash.example.com',
  'gitea.example.org',
] as const

const short = (s: Setting): string => unprefixedAppPassword(s)
const otherHost = (stored: string): Mark => decoy('other host', stored)

const otherUrl = (s: Setting, host: string): Draft =>
  draft`https://${s.user}:${otherHost(short(s))}@${host}/${s.workspace}/${s.repo}.git`

const ON_OTHER_HOSTS: readonly ((s: Setting, host: string) => CorpusFile)[] = [
  (s, host) => ({
    path: '.git/config',
    format: 'git-config',
    text: draft`[remote "origin"]\n\turl = ${otherUrl(s, host)}\n[remote "bitbucket"]\n\turl = https://bitbucket.org/${s.workspace}/${s.repo}.git\n`,
  }),
  (s, host) => ({
    path: '.netrc',
    format: 'netrc',
    text: draft`machine ${host}\n  login ${s.user}\n  password ${otherHost(short(s))}\n\nmachine www.${host}\n  login ${s.user}\n  password ${otherHost(short(s))}\n`,
  }),
  (s, host) => ({ path: '.git-credentials', format: 'git-credentials', text: draft`${otherUrl(s, host)}\n` }),
  (s, host) => ({
    path: 'auth.json',
    format: 'json',
    text: draft`{
  "http-basic": {
    "${host}": {
      "username": "${s.user}",
      "password": "${otherHost(short(s))}"
    }
  }
}
`,
  }),
  (s, host) => ({
    path: 'requirements.txt',
    format: 'requirements',
    text: draft`git+${otherUrl(s, host)}@v1#egg=bitbucket-client\n`,
  }),
  (s, host) => ({
    path: 'argocd/repo.yaml',
    format: 'yaml',
    text: draft`apiVersion: v1
kind: Secret
metadata:
  labels: { argocd.argoproj.io/secret-type: repository }
stringData:
  url: https://${host}/scm/${s.workspace}/${s.repo}.git
  username: ${s.user}
  password: ${otherHost(short(s))}
`,
  }),
  (s, host) => ({
    path: 'scripts/api.sh',
    format: 'shell',
    text: draft`curl -u ${s.user}:${otherHost(short(s))} https://${host}/rest/api/1.0/projects
curl -H "Authorization: Basic ${otherHost(Buffer.from(`${s.user}:${short(s)}`).toString('base64'))}" https://${host}/api
`,
  }),
  (s, host) => ({
    path: 'renovate.json5',
    format: 'jsonc',
    text: draft`{ hostRules: [{
  matchHost: '${host}',
  username: '${s.user}',
  password: '${otherHost(short(s))}',
}] }
`,
  }),
  (s, host) => ({
    path: '.gitconfig',
    format: 'git-config',
    text: draft`[url "${otherUrl(s, host)}/"]\n\tinsteadOf = https://${host}/\n[http "https://${host}/"]\n\textraHeader = Authorization: Basic ${otherHost(Buffer.from(`${s.user}:${short(s)}`).toString('base64'))}\n`,
  }),
  (s, host) => ({
    path: 'infra/modules.tf',
    format: 'hcl',
    text: draft`module "bitbucket_runner" {
  source = "git::${otherUrl(s, host)}//modules/runner?ref=v1"
}
`,
  }),
]

function hostFiles(s: Setting): CorpusFile {
  const host = s.pick(OTHER_HOSTS)
  return s.pick(ON_OTHER_HOSTS)(s, host)
}

const jira = (s: Setting): Mark => decoy('jira token', apiToken(s))

const OF_ATLASSIAN: readonly ((s: Setting, site: string) => CorpusFile)[] = [
  (s, site) => ({
    path: '.env',
    format: 'dotenv',
    text: draft`JIRA_URL=https://${site}
JIRA_USERNAME=${s.email}
JIRA_API_TOKEN=${jira(s)}
CONFLUENCE_URL=https://${site}/wiki
CONFLUENCE_API_TOKEN=${jira(s)}
`,
  }),
  (s, site) => ({
    path: '.mcp.json',
    format: 'json',
    text: draft`{
  "mcpServers": {
    "mcp-atlassian": {
      "command": "uvx",
      "args": ["mcp-atlassian"],
      "env": {
        "JIRA_URL": "https://${site}",
        "JIRA_USERNAME": "${s.email}",
        "JIRA_API_TOKEN": "${jira(s)}",
        "CONFLUENCE_URL": "https://${site}/wiki",
        "CONFLUENCE_USERNAME": "${s.email}",
        "CONFLUENCE_API_TOKEN": "${jira(s)}"
      }
    }
  }
}
`,
  }),
  (s, site) => ({
    path: 'scripts/issues.sh',
    format: 'shell',
    text: draft`curl -u ${s.email}:${jira(s)} https://${site}/rest/api/3/search\ncurl -u "${s.email}:${jira(s)}" "https://${site}/wiki/rest/api/content"\n`,
  }),
  (s) => ({
    path: 'scripts/org.sh',
    format: 'shell',
    text: draft`curl -H "Authorization: Bearer ${decoy('organisation key', accessToken(s))}" https://api.atlassian.com/admin/v1/orgs\n`,
  }),
  (s, site) => ({
    path: '.netrc',
    format: 'netrc',
    text: draft`machine ${site}\n  login ${s.email}\n  password ${jira(s)}\n`,
  }),
  (s, site) => ({
    path: 'config/jira.yaml',
    format: 'yaml',
    text: draft`jira:
  server: https://${site}
  login: ${s.email}
  token: ${jira(s)}
`,
  }),
]

function atlassian(s: Setting): CorpusFile {
  const site = `${s.workspace}.atlassian.net`
  return s.pick(OF_ATLASSIAN)(s, site)
}

function dataCenter(s: Setting): CorpusFile {
  const host = s.pick([
    'bitbucket.example.com',
    'bitbucket.corp.example.net',
    'stash.example.com:7990',
    'git.example.org',
  ])
  const token = (): Mark => decoy('data center token', dataCenterToken(s))
  return s.pick<() => CorpusFile>([
    () => ({
      path: '.env',
      format: 'dotenv',
      text: draft`BITBUCKET_URL=https://${host}\nBITBUCKET_TOKEN=${token()}\nBITBUCKET_SERVER_TOKEN=${token()}\nWOODPECKER_BITBUCKET_DC_GIT_PASSWORD=${decoy('data center', short(s))}\n`,
    }),
    () => ({
      path: 'scripts/dc.sh',
      format: 'shell',
      text: draft`curl -H "Authorization: Bearer ${token()}" https://${host}/rest/api/latest/projects\ngit clone https://x-token-auth:${token()}@${host}/scm/${s.workspace}/${s.repo}.git\n`,
    }),
    () => ({
      path: '.git-credentials',
      format: 'git-credentials',
      text: draft`https://${s.user}:${token()}@${host}\n`,
    }),
    () => ({
      path: 'flux/bootstrap.sh',
      format: 'shell',
      text: draft`export BITBUCKET_TOKEN=${token()}\nflux bootstrap bitbucket-server --hostname=${host} --owner=${s.workspace}\n`,
    }),
    () => ({
      path: 'renovate/config.js',
      format: 'javascript',
      text: draft`module.exports = {
  platform: 'bitbucket-server',
  endpoint: 'https://${host}/rest/api/1.0/',
  username: '${s.user}',
  password: '${decoy('data center', short(s))}',
  hostRules: [{ matchHost: '${host}',
    token: '${token()}' }],
}
`,
    }),
  ])()
}

function oauth(s: Setting): CorpusFile {
  const key = decoy('oauth consumer', s.text(ALPHANUMERIC, s.pick([18, 32])))
  const secret = decoy('oauth consumer', s.text(ALPHANUMERIC, s.pick([32, 76])))
  return s.pick<() => CorpusFile>([
    () => ({
      path: '.env',
      format: 'dotenv',
      text: draft`BITBUCKET_OAUTH_CLIENT_ID=${key}\nBITBUCKET_OAUTH_CLIENT_SECRET=${secret}\n`,
    }),
    () => ({
      path: 'auth.json',
      format: 'json',
      text: draft`{
  "bitbucket-oauth": {
    "bitbucket.org": {
      "consumer-key": "${key}",
      "consumer-secret": "${secret}"
    }
  }
}
`,
    }),
    () => ({
      path: 'app-config.yaml',
      format: 'yaml',
      text: draft`auth:
  providers:
    bitbucket:
      development:
        clientId: ${key}
        clientSecret: ${secret}
`,
    }),
    () => ({
      path: 'compose.yaml',
      format: 'yaml',
      text: draft`services:
  drone:
    image: drone/drone:2
    environment:
      - DRONE_BITBUCKET_CLIENT_ID=${key}
      - DRONE_BITBUCKET_CLIENT_SECRET=${secret}
`,
    }),
    () => ({
      path: 'danger.env',
      format: 'dotenv',
      text: draft`DANGER_BITBUCKETCLOUD_OAUTH_KEY=${key}\nDANGER_BITBUCKETCLOUD_OAUTH_SECRET=${secret}\n`,
    }),
    () => ({
      path: 'oauth.tf',
      format: 'hcl',
      text: draft`provider "bitbucket" {
  oauth_client_id     = "${key}"
  oauth_client_secret = "${secret}"
}
`,
    }),
  ])()
}

/** Nothing here is in a position that reads it, so only the checksum could speak for it, and it does not. */
function wrongChecksums(s: Setting): CorpusFile {
  const wrong = (token: string): Mark => decoy('wrong checksum', withWrongChecksum(token))
  return {
    path: s.pick(['notes/incident.txt', 'logs/app.log', 'tests/data/strings.txt']),
    format: 'text',
    charsets: ['utf16le-bom', 'utf8-bom'],
    text: draft`2026-03-0${s.between(1, 9)} 12:00:01 INFO ${s.note()}
value ${wrong(appPassword(s))} was rejected
fingerprint ${wrong(apiToken(s))}
id=${wrong(appPassword(s))};
`,
  }
}

export const serviceLookalikes: readonly Shape[] = [
  { name: 'the same on other hosts', root: 'projects', times: 150, make: hostFiles },
  { name: 'Jira and Confluence', root: 'projects', times: 70, make: atlassian },
  { name: 'Data Center', root: 'projects', times: 60, make: dataCenter },
  { name: 'OAuth consumers', root: 'projects', times: 50, make: oauth },
  { name: 'wrong checksums', root: 'projects', times: 40, make: wrongChecksums },
]
