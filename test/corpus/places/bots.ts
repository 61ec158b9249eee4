import { decoy, draft } from '../draft.ts'
import { type CorpusFile, GIT, type Login, placesOf, REST, type Setting, type Shape } from '../setting.ts'
import { loginUrl } from '../urls.ts'

const airbyte = placesOf('airbyte', REST)

const n8n = placesOf('n8n', REST)

const prefect = placesOf('prefect', GIT)

const nextflow = placesOf('nextflow', REST)

const databricks = placesOf('databricks', GIT)

const weblate = placesOf('tokens.studio', REST)

const dokploy = placesOf('dokploy', REST)

const openhands = placesOf('openhands', REST)

const cli = placesOf('cli', REST)

const backup = placesOf('backup', REST)

const scanners = placesOf('secret scanners', REST)

const BACKUP: readonly ((s: Setting, login: Login, api: Login) => CorpusFile)[] = [
  (s, login) => ({
    path: '.config/ghorg/conf.yaml',
    format: 'yaml',
    text: draft`GHORG_SCM_TYPE: bitbucket
GHORG_BITBUCKET_USERNAME: ${login.username}
GHORG_BITBUCKET_APP_PASSWORD: ${backup.secret(login)}
GHORG_GITHUB_TOKEN: ${decoy('other service', `gh${'p_'}${s.hex(36)}`)}
`,
  }),
  (s, login) => ({
    path: 'backup/conf.yml',
    format: 'yaml',
    text: draft`source:
  bitbucket:
    - user: ${login.username}
      password: ${backup.secret(login)}
      username: ${s.workspace}
  github:
    - token: ${decoy('other service', `gh${'p_'}${s.hex(36)}`)}
destination:
  local: [{ path: /backups }]
`,
  }),
  (_, login) => ({
    path: 'all-repos.json',
    format: 'json',
    text: draft`{
    "output_dir": "output",
    "source": "all_repos.source.bitbucket",
    "source_settings": {
        "username": "${login.username}",
        "app_password": "${backup.secret(login, 'json')}"
    },
    "push": "all_repos.push.readonly",
    "push_settings": {}
}
`,
  }),
  (s, _, api) => ({
    path: 'scm-backup/settings.yml',
    format: 'yaml',
    text: draft`localFolder: 'c:\\scm-backup'
sources:
  - title: some_title
    hoster: bitbucket
    type: user
    name: ${s.workspace}
    authName: ${api.username}
    password: ${backup.secret(api)}
`,
  }),
  (s, login) => ({
    path: '.config/gitbackup.env',
    format: 'dotenv',
    text: draft`BITBUCKET_USERNAME=${login.username}\nBITBUCKET_PASSWORD=${backup.secret(login)}\nBITBUCKET_WORKSPACES=${s.workspace}\n`,
  }),
]

function backupFiles(s: Setting): CorpusFile {
  const login = s.app()
  const api: Login = { ...s.shaped() }
  return s.pick(BACKUP)(s, login, api)
}

export const botPlaces: readonly Shape[] = [
  {
    name: 'Airbyte and the like',
    root: 'projects',
    times: 6,
    make: (s) => {
      const login = s.app()
      return {
        path: 'connectors/bitbucket.json',
        format: 'json',
        text: draft`{ "sourceType": "bitbucket", "workspace": "${s.workspace}", "username": "${login.username}", "app_password": "${airbyte.secret(login, 'json')}" }\n`,
      }
    },
  },
  {
    name: 'n8n export',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.app()
      return {
        path: 'n8n/credentials.json',
        format: 'json',
        text: draft`[
  { "id": "${s.between(1, 90)}", "name": "Bitbucket", "type": "bitbucketApi",
    "data": { "username": "${login.username}", "appPassword": "${n8n.secret(login, 'json')}" } },
  { "id": "99", "name": "Slack", "type": "slackApi", "data": { "accessToken": "${decoy('other service', `xo${'xb-'}${s.hex(30)}`)}" } }
]
`,
      }
    },
  },
  {
    name: 'Prefect',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.app()
      return {
        path: 'flows/blocks.py',
        format: 'python',
        text: draft`from prefect_bitbucket import BitBucketCredentials

BitBucketCredentials(
    username="${login.username}",
    password=${s.pick(['', 'r'])}'${prefect.secret(login)}',
).save("bitbucket", overwrite=True)
`,
      }
    },
  },
  {
    name: 'Nextflow',
    root: 'homes',
    times: 10,
    make: (s) => {
      const login = s.rest()
      return {
        path: '.nextflow/scm',
        format: 'groovy',
        text: draft`providers {
    bitbucket {
        user = '${login.username}'
        ${login.kind === 'api-token' ? 'token' : 'password'} = ${s.chance(50) ? draft`'${nextflow.secret(login)}'` : draft`"${nextflow.secret(login)}"`}
    }
    github {
        user = '${s.user}'
        password = '${decoy('other service', `gh${'p_'}${s.hex(36)}`)}'
    }
}
`,
      }
    },
  },
  {
    name: 'Databricks',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.app()
      return {
        path: 'scripts/databricks.sh',
        format: 'shell',
        text: s.chance(50)
          ? draft`databricks git-credentials create bitbucketCloud --git-username ${login.username} --personal-access-token ${databricks.secret(login)}\n`
          : draft`curl -n -X POST https://adb-1.azuredatabricks.example/api/2.0/git-credentials -d '{
  "git_provider": "bitbucketCloud",
  "git_username": "${login.username}",
  "personal_access_token": "${databricks.secret(login, 'shell-single', 'json')}"
}'
`,
      }
    },
  },
  {
    name: 'Weblate',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.app()
      return {
        path: 'weblate/settings-override.py',
        format: 'python',
        text: draft`BITBUCKETCLOUD_CREDENTIALS = {
    "bitbucket.org": {
        "username": "${login.username}",
        "token": "${weblate.secret(login, 'literal')}",
        "workspace": "${s.workspace}",
    },
}
`,
      }
    },
  },
  {
    name: 'Dokploy export',
    root: 'projects',
    times: 6,
    make: (s) => {
      const login = s.app()
      return {
        path: 'dokploy/providers.json',
        format: 'json',
        text: draft`{"bitbucket":[{"bitbucketUsername":"${login.username}","appPassword":"${dokploy.secret(login, 'json')}","bitbucketWorkspaceName":"${s.workspace}"}]}`,
      }
    },
  },
  {
    name: 'OpenHands',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.shaped()
      return {
        path: 'openhands/.env',
        format: 'dotenv',
        text: draft`LLM_MODEL=gpt\nBITBUCKET_TOKEN="${login.username}:${openhands.secret(login)}"\n`,
      }
    },
  },
  {
    name: 'command-line clients',
    root: 'homes',
    times: 12,
    make: (s) => {
      const login = s.shaped()
      return s.chance(50)
        ? {
            path: '.bb-cli-config.json',
            format: 'json',
            text: draft`{"auth":{"username":"${login.username}","appPassword":"${cli.secret(login, 'json')}"}}`,
          }
        : {
            path: '.profile',
            format: 'shell',
            text: draft`export BKT_HOST=api.bitbucket.org\nexport BKT_USERNAME=${login.username}\nexport BKT_TOKEN='${cli.secret(login, 'shell-single')}'\n`,
          }
    },
  },
  { name: 'backup tools', root: 'homes', times: 30, make: backupFiles },
  {
    name: 'scanners',
    root: 'projects',
    times: 6,
    make: (s) => {
      const login = s.app()
      return {
        path: 'ci/scan.sh',
        format: 'shell',
        text: draft`export KF_BITBUCKET_USERNAME=${login.username}
export KF_BITBUCKET_APP_PASSWORD=${scanners.secret(login)}
kingfisher scan bitbucket --workspace ${s.workspace}
git clone ${loginUrl(s, placesOf('secret scanners', GIT), s.git())}
`,
      }
    },
  },
]
