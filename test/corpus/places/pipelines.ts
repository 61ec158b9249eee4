import { decoy, draft } from '../draft.ts'
import { alone, type CorpusFile, GIT, placesOf, REST, type Setting, type Shape } from '../setting.ts'
import { loginUrl } from '../urls.ts'

const yml = placesOf('bb.pipelines.yml', REST)
const ymlGit = placesOf('bb.pipelines.yml', GIT)
const pipes = placesOf('bb.pipes', REST)
const variables = placesOf('bb.pipelines.vars', REST)
const mcp = placesOf('mcp', REST)

function pipeline(s: Setting): CorpusFile {
  const login = s.app()
  const step = s.pick([
    draft`            - curl -X POST --user "${login.username}:${yml.secret(login, 'shell-double')}" "https://api.bitbucket.org/2.0/repositories/\${BITBUCKET_REPO_OWNER}/\${BITBUCKET_REPO_SLUG}/downloads" --form files=@"app.zip"`,
    draft`            - curl -X POST "${loginUrl(s, yml, s.rest(), { host: REST, path: `/2.0/repositories/${s.workspace}/${s.repo}/downloads` })}" --form files=@app.zip`,
    draft`            - git remote set-url origin ${loginUrl(s, ymlGit, s.git())}
            - git push origin main --tags`,
    draft`            - export BB_AUTH_STRING=${login.username}:${yml.secret(login)}
            - curl --user "\${BB_AUTH_STRING}" https://api.bitbucket.org/2.0/user`,
    draft`            - |
              cat > ~/.netrc <<END
              machine bitbucket.org
                login ${login.username}
                password ${ymlGit.secret(login, 'yaml-block')}
              END
              go mod download`,
    draft`            - >-
              curl -sS -H "Authorization: Basic ${yml.pair(s.rest())}"
              https://api.bitbucket.org/2.0/repositories/${s.workspace}/${s.repo}`,
  ])
  return {
    path: 'bitbucket-pipelines.yml',
    format: 'yaml',
    text: draft`image: node:20
# ${s.note()}
pipelines:
  default:
    - step: &build
        name: build
        caches: [node]
        script:
            - npm ci
${step}
  branches:
    main:
      - step: *build
`,
  }
}

function pipe(s: Setting): CorpusFile {
  const login = s.app()
  const access = alone(s.access())
  const vars = s.chance(65)
    ? draft`              BITBUCKET_USERNAME: ${login.username}
              BITBUCKET_APP_PASSWORD: '${pipes.secret(login, 'yaml-single')}'`
    : draft`              BITBUCKET_ACCESS_TOKEN: "${pipes.secret(access, s.pick(['plain', 'yaml-double'] as const))}"`
  return {
    path: 'bitbucket-pipelines.yml',
    format: 'yaml',
    text: draft`pipelines:
  default:
    - step:
        script:
          - make dist
          - pipe: atlassian/bitbucket-upload-file:0.${s.between(1, 7)}.1
            variables:
${vars}
              FILENAME: 'dist/app.zip'
          - pipe: atlassian/slack-notify:2.0.0
            variables:
              WEBHOOK_URL: ${decoy('placeholder', '$SLACK_WEBHOOK')}
`,
  }
}

function mcpConfig(s: Setting): CorpusFile {
  const login = s.shaped()
  const path = s.pick([
    '.mcp.json',
    '.cursor/mcp.json',
    '.vscode/mcp.json',
    '.config/Claude/claude_desktop_config.json',
    '.mcp/configs.json',
  ])
  const jira = draft`    "github": {
      "command": "docker",
      "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "${decoy('other service', `gh${'p_'}${s.hex(36)}`)}" }
    },
`
  const server = s.pick([
    draft`    "bitbucket": {
      "command": "npx",
      "args": ["-y", "bitbucket-mcp@latest"],
      "env": {
        "BITBUCKET_URL": "https://bitbucket.org/${s.workspace}",
        "BITBUCKET_WORKSPACE": "${s.workspace}",
        "BITBUCKET_USERNAME": "${login.username}",
        "BITBUCKET_PASSWORD": "${mcp.secret(login, 'json')}"
      }
    }`,
    draft`    "bitbucket": {
      "command": "npx",
      "args": ["-y", "@aashari/mcp-server-atlassian-bitbucket"],
      "env": {
        "ATLASSIAN_USER_EMAIL": "${s.email}",
        "ATLASSIAN_API_TOKEN": "${mcp.secret({ ...s.rest(), ...apiOnly(s) }, s.pick(['json', 'json-html-safe'] as const))}"
      }
    }`,
    draft`    "bb": {
      "command": "npx",
      "args": ["-y", "@aashari/mcp-server-atlassian-bitbucket"],
      "env": {
        "ATLASSIAN_BITBUCKET_USERNAME": "${s.user}",
        "ATLASSIAN_BITBUCKET_APP_PASSWORD": "${mcp.secret({ ...s.app(), username: s.user }, 'json')}"
      }
    }`,
  ])
  return { path, format: 'jsonc', text: draft`{\n  "mcpServers": {\n${jira}${server}\n  }\n}\n` }
}

function apiOnly(s: Setting) {
  let login = s.shaped()
  while (login.kind !== 'api-token') login = s.shaped()
  return { ...login, username: s.email }
}

export const pipelinePlaces: readonly Shape[] = [
  { name: 'pipeline script', root: 'projects', times: 40, make: pipeline },
  { name: 'pipes', root: 'projects', times: 20, make: pipe },
  {
    name: 'variables for the API',
    root: 'projects',
    times: 14,
    make: (s) => {
      const login = s.app()
      return s.chance(50)
        ? {
            path: 'pipelines/variables.json',
            format: 'json',
            text: draft`{
  "values": [
    { "type": "pipeline_variable", "key": "BITBUCKET_USERNAME", "value": "${login.username}", "secured": false },
    { "type": "pipeline_variable", "key": "BITBUCKET_APP_PASSWORD", "value": "${variables.secret(login, 'json')}", "secured": true }
  ]
}
`,
          }
        : {
            path: 'pipelines.tf',
            format: 'hcl',
            text: draft`resource "bitbucket_repository_variable" "password" {
  key        = "BITBUCKET_APP_PASSWORD"
  value      = "${variables.secret(alone(login))}"
  repository = "${s.workspace}/${s.repo}"
  secured    = true
}
`,
          }
    },
  },
  { name: 'MCP servers', root: 'homes', times: 24, make: mcpConfig },
]
