import { type Draft, decoy, draft, type Mark } from '../draft.ts'
import type { CorpusFile, Setting, Shape } from '../setting.ts'

const DOLLAR = '$'

/** What people write where a secret belongs. */
const PLACEHOLDERS: readonly string[] = [
  `${DOLLAR}{BITBUCKET_APP_PASSWORD}`,
  `${DOLLAR}{BB_PASS}`,
  '$BITBUCKET_APP_PASSWORD',
  '$(BITBUCKET_APP_PASSWORD)',
  `${DOLLAR}{BITBUCKET_TOKEN:-}`,
  `${DOLLAR}{env.BITBUCKET_APP_PASSWORD}`,
  '%BITBUCKET_APP_PASSWORD%',
  '{{ bitbucket_app_password }}',
  '{{bitbucket.password}}',
  `${DOLLAR}{{ secrets.BITBUCKET_APP_PASSWORD }}`,
  '<app-password>',
  '<your-app-password>',
  '<APP_PASSWORD>',
  '[app password]',
  'your_app_password_here',
  'your-app-password',
  'YOUR_APP_PASSWORD',
  'my-app-password',
  'app_password',
  'changeme',
  'CHANGE_ME',
  'xxxx',
  'xxxxxxxxxxxxxxxxxxxx',
  'XXXXXXXXXXXXXXXXXXXX',
  '********',
  '***',
  '...',
  'REPLACE_ME',
  'TODO',
  'redacted',
  '[REDACTED]',
  'secret',
  'password',
  'dummy',
  'example',
  `ATBB${'x'.repeat(32)}`,
  `ATBB${'X'.repeat(32)}`,
  'ATBB...',
  'ATBB****************',
  `ATBB${'1234567890'.repeat(3)}12`,
  `ATATT3xFfGF0${'x'.repeat(40)}`,
  'ATATT3xFfGF0...',
  `ATCTT3xFfGN0${'.'.repeat(3)}`,
  '@@APP_PASSWORD@@',
  '__APP_PASSWORD__',
  '#{app_password}#',
]

const marked = (s: Setting): Mark => decoy('placeholder', s.pick(PLACEHOLDERS))

/** Placeholders that need no quoting in a shell, a URL or YAML. */
const SIMPLE = PLACEHOLDERS.filter((each) => /^[\w$.<>-][\w$.<>{}-]*$/.test(each))
const simple = (s: Setting): Mark => decoy('placeholder', s.pick(SIMPLE))

function readme(s: Setting): CorpusFile {
  const block = s.pick<() => Draft>([
    () => draft`\`\`\`sh
git clone https://${s.user}:${simple(s)}@bitbucket.org/${s.workspace}/${s.repo}.git
curl -u ${s.user}:${simple(s)} https://api.bitbucket.org/2.0/user
\`\`\``,
    () => draft`Put this into \`~/.netrc\`:

    machine bitbucket.org
      login your-username
      password ${simple(s)}

and this into \`.env\`:

    BITBUCKET_USERNAME=me
    BITBUCKET_APP_PASSWORD=${simple(s)}`,
    () => draft`| Variable | Value |
|---|---|
| \`BITBUCKET_USERNAME\` | your Bitbucket name |
| \`BITBUCKET_APP_PASSWORD\` | ${decoy('documentation', 'an app password with read access, e.g. `ATBB…`')} |
| \`BITBUCKET_TOKEN\` | ${decoy('documentation', 'repository access token')} |`,
    () => draft`\`\`\`json
{ "http-basic": { "bitbucket.org": { "username": "me", "password": "${marked(s)}" } } }
\`\`\``,
    () => draft`App passwords begin with ${decoy('documentation', '`ATBB`')}, API tokens with ${decoy('documentation', '`ATATT3xFfGF0`')}.
Use ${decoy('documentation', 'https://username:app_password@bitbucket.org/workspace/repo.git')} to clone.`,
  ])()
  return {
    path: s.pick(['README.md', 'docs/setup.md', 'docs/ci.rst', 'CONTRIBUTING.md', 'wiki/Bitbucket.md']),
    format: 'markdown',
    charsets: ['utf8-bom'],
    text: draft`# ${s.repo}

${s.note()}

## Access to Bitbucket

${block}

Then run \`make\`.
`,
  }
}

const SETTINGS: readonly ((s: Setting) => CorpusFile)[] = [
  (s) => ({
    path: s.pick(['.env.example', '.env.sample', '.env', '.env.dist']),
    format: 'dotenv',
    text: draft`BITBUCKET_USERNAME=${s.user}
BITBUCKET_APP_PASSWORD="${marked(s)}"
BITBUCKET_API_TOKEN=
BITBUCKET_TOKEN=${simple(s)}
`,
  }),
  (s) => ({
    path: 'auth.json',
    format: 'json',
    text: draft`{
  "http-basic": {
    "bitbucket.org": {
      "username": "${s.user}",
      "password": "${marked(s)}"
    }
  }
}
`,
  }),
  (s) => ({
    path: '.netrc',
    format: 'netrc',
    text: draft`machine bitbucket.org
  login ${s.user}
  password ${simple(s)}

machine api.bitbucket.org
  login ${s.user}
  password ${simple(s)}
`,
  }),
  (s) => ({
    path: 'k8s/secret.yaml',
    format: 'yaml',
    text: draft`apiVersion: v1
kind: Secret
metadata:
  name: bitbucket
  annotations:
    tekton.dev/git-0: https://bitbucket.org
stringData:
  username: ${s.user}
  password: "${marked(s)}"
`,
  }),
  (s) => ({
    path: 'docker-compose.yml',
    format: 'yaml',
    text: draft`services:
  app:
    image: app
    environment:
      - "BITBUCKET_APP_PASSWORD=${marked(s)}"
      - BITBUCKET_USERNAME
      - "BITBUCKET_TOKEN=${marked(s)}"
`,
  }),
  (s) => ({
    path: 'settings.xml',
    format: 'xml',
    text: draft`<settings>
  <servers>
    <server>
      <id>bitbucket.org</id>
      <username>${s.user}</username>
      <password>${decoy('placeholder', s.pick([`${DOLLAR}{env.BITBUCKET_PASSWORD}`, 'changeme', '***', '@app.password@', `${DOLLAR}{bitbucket.password}`]))}</password>
    </server>
  </servers>
</settings>
`,
  }),
  (s) => ({
    path: 'gradle.properties',
    format: 'properties',
    text: draft`bitbucketUsername=${s.user}\nbitbucketAppPassword=${simple(s)}\n`,
  }),
  (s) => ({
    path: 'provider.tf',
    format: 'hcl',
    text: draft`provider "bitbucket" {
  username = var.bitbucket_username
  password = ${decoy('placeholder', s.pick(['var.bitbucket_password', '"changeme"', 'local.app_password', 'data.vault_generic_secret.bb.data["password"]', 'sensitive(var.app_password)']))}
}
`,
  }),
]

function settings(s: Setting): CorpusFile {
  return s.pick(SETTINGS)(s)
}

const SCRIPTS: readonly ((s: Setting) => CorpusFile)[] = [
  (s) => ({
    path: 'bitbucket-pipelines.yml',
    format: 'yaml',
    text: draft`pipelines:
  default:
    - step:
        script:
          - curl --user "${decoy('placeholder', `${DOLLAR}{BB_AUTH_STRING}`)}" https://api.bitbucket.org/2.0/repositories/${DOLLAR}BITBUCKET_REPO_FULL_NAME
          - git remote set-url origin https://${DOLLAR}{BITBUCKET_USERNAME}:${decoy('placeholder', `${DOLLAR}{BITBUCKET_APP_PASSWORD}`)}@bitbucket.org/${s.workspace}/${s.repo}.git
          - export TOKEN=${decoy('pipelines built-in', '$BITBUCKET_STEP_OIDC_TOKEN')}
          - echo ${decoy('pipelines built-in', '$BITBUCKET_GIT_HTTP_ORIGIN')} ${DOLLAR}BITBUCKET_WORKSPACE
          - pipe: atlassian/bitbucket-upload-file:0.7.1
            variables:
              BITBUCKET_USERNAME: ${DOLLAR}BITBUCKET_USERNAME
              BITBUCKET_APP_PASSWORD: ${decoy('placeholder', '$BITBUCKET_APP_PASSWORD')}
`,
  }),
  (s) => ({
    path: 'Jenkinsfile',
    format: 'groovy',
    text: draft`pipeline {
  environment { BB = ${decoy('reference', "credentials('bitbucket')")} }
  stages { stage('x') { steps {
    withCredentials([usernamePassword(credentialsId: '${decoy('reference', 'bitbucket-cloud')}', usernameVariable: 'U', passwordVariable: 'P')]) {
      sh 'git clone https://$U:${decoy('placeholder', '$P')}@bitbucket.org/${s.workspace}/${s.repo}.git'
    }
    sh "curl -u $BB_USR:${decoy('placeholder', '$BB_PSW')} https://api.bitbucket.org/2.0/user"
  } } }
}
`,
  }),
  (s) => ({
    path: 'scripts/clone.sh',
    format: 'shell',
    text: draft`#!/bin/bash
read -rsp "Bitbucket app password: " BITBUCKET_APP_PASSWORD
: "${decoy('placeholder', `${DOLLAR}{BITBUCKET_APP_PASSWORD:?set it}`)}"
BITBUCKET_TOKEN=${decoy('reference', '$(cat /run/secrets/bitbucket)')}
export BITBUCKET_PASSWORD="${decoy('reference', '$(pass show bitbucket.org)')}"
git clone "https://$USER:${decoy('placeholder', '$BITBUCKET_APP_PASSWORD')}@bitbucket.org/${s.workspace}/${s.repo}.git"
`,
  }),
  (s) => ({
    path: s.pick(['lib/client.js', 'src/bitbucket.ts']),
    format: 'javascript',
    text: draft`const password = ${decoy('reference', 'process.env.BITBUCKET_APP_PASSWORD')}
const token = process.env['BITBUCKET_TOKEN'] ?? ${decoy('placeholder', "''")}
const url = \`https://\${user}:${decoy('placeholder', `${DOLLAR}{password}`)}@bitbucket.org/\${workspace}/\${repo}.git\`
const help = 'usage: --user <name> --app-password ${decoy('documentation', '<password>')}'
`,
  }),
  () => ({
    path: 'deploy/bb.py',
    format: 'python',
    text: draft`BITBUCKET_APP_PASSWORD = ${decoy('reference', 'os.environ["BITBUCKET_APP_PASSWORD"]')}
BITBUCKET_USERNAME = os.getenv("BITBUCKET_USERNAME")
url = f"https://{user}:${decoy('placeholder', '{password}')}@bitbucket.org/{workspace}/{repo}.git"
url2 = "https://%s:${decoy('placeholder', '%s')}@bitbucket.org/%s.git" % (user, password, repo)
`,
  }),
  (s) => ({
    path: 'roles/app/tasks/main.yml',
    format: 'yaml',
    text: draft`- ansible.builtin.git:
    repo: "https://{{ bb_user }}:${decoy('placeholder', '{{ bb_pass | urlencode }}')}@bitbucket.org/${s.workspace}/${s.repo}.git"
    dest: /srv/app
  vars:
    bb_pass: "${decoy('reference', "{{ lookup('env', 'BITBUCKET_APP_PASSWORD') }}")}"
`,
  }),
]

function scripts(s: Setting): CorpusFile {
  return s.pick(SCRIPTS)(s)
}

export const placeholderLookalikes: readonly Shape[] = [
  { name: 'documentation', root: 'projects', times: 90, make: readme },
  { name: 'settings with placeholders', root: 'projects', times: 130, make: settings },
  { name: 'scripts with references', root: 'projects', times: 90, make: scripts },
]
