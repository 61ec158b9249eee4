import { type Draft, draft } from '../draft.ts'
import { alone, type CorpusFile, GIT, placesOf, REST, type Setting, type Shape } from '../setting.ts'
import { loginUrl } from '../urls.ts'

const code = placesOf('code', REST)
const codeGit = placesOf('code', GIT)
const vault = placesOf('vault.kv', GIT)

function python(s: Setting): CorpusFile {
  const login = s.app()
  const api = `https://api.bitbucket.org/2.0/repositories/${s.workspace}`
  const body = s.pick<() => Draft>([
    () => draft`USERNAME = "${login.username}"
APP_PASSWORD = "${code.secret(login, 'literal')}"

response = requests.get("${api}", auth=(USERNAME, APP_PASSWORD))`,
    () =>
      draft`response = requests.get("${api}", auth=HTTPBasicAuth('${login.username}', '${code.secret(login, 'literal')}'))`,
    () => draft`response = requests.get("${api}", headers={"Authorization": "Basic ${code.pair(s.rest())}"})`,
    () => draft`subprocess.run(["git", "clone", "${loginUrl(s, codeGit, s.git())}"], check=True)`,
    () => draft`bitbucket = Cloud(
    url="https://api.bitbucket.org/",
    username='${login.username}',
    password=${s.pick(['', 'u', 'r'])}"${code.secret(login, 'literal')}",
    cloud=True,
)`,
  ])()
  return {
    path: s.pick(['scripts/report.py', 'tools/bb.py', 'deploy/settings.py']),
    format: 'python',
    text: draft`#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""${s.note()}"""
import requests, subprocess

${body}
`,
  }
}

function javascript(s: Setting): CorpusFile {
  const login = s.app()
  const body = s.pick<() => Draft>([
    () => draft`const auth = Buffer.from('${login.username}:${code.secret(login, 'literal')}').toString('base64')
await fetch('https://api.bitbucket.org/2.0/repositories/${s.workspace}', { headers: { Authorization: \`Basic \${auth}\` } })`,
    () => draft`const bitbucket = new Bitbucket({
  auth: { username: '${login.username}', password: '${code.secret(login, 'literal')}' },
})`,
    () => draft`const url = \`${loginUrl(s, codeGit, s.git())}\`
execSync('git push ' + url)`,
    () => draft`export const config = {
  host: 'api.bitbucket.org',
  headers: { 'Authorization': "Bearer ${code.secret(alone(s.access()))}" }, // ${s.note()}
}`,
    () => draft`process.env.BITBUCKET_APP_PASSWORD ||= "${code.secret(alone(login), 'literal')}"`,
  ])()
  return {
    path: s.pick(['scripts/release.js', 'tools/status.ts', 'ecosystem.config.js', 'lib/client.mjs']),
    format: 'javascript',
    text: draft`/* ${s.note()} */\n${body}\n`,
  }
}

function php(s: Setting): CorpusFile {
  const login = s.app()
  const body = s.pick<() => Draft>([
    () => draft`define('BITBUCKET_USERNAME', '${login.username}');
define('BITBUCKET_APP_PASSWORD', '${code.secret(login, 'literal')}');`,
    () => draft`return [
    'bitbucket' => [
        'url' => 'https://api.bitbucket.org/2.0',
        'username' => '${login.username}',
        'app_password' => '${code.secret(login, 'literal')}',
    ],
    'debug' => false,
];`,
    () => draft`$ch = curl_init('https://api.bitbucket.org/2.0/repositories/${s.workspace}');
curl_setopt($ch, CURLOPT_USERPWD, "${login.username}:${code.secret(login, 'literal')}");`,
    () => draft`putenv("BITBUCKET_APP_PASSWORD=${code.secret(alone(login))}");`,
    () => draft`set('repository', '${loginUrl(s, codeGit, s.git())}');`,
  ])()
  return {
    path: s.pick(['config/bitbucket.php', 'deploy.php', 'inc/settings.inc.php']),
    format: 'php',
    text: draft`<?php\n// ${s.note()}\n${body}\n`,
  }
}

function otherLanguages(s: Setting): CorpusFile {
  const login = s.app()
  return s.pick<() => CorpusFile>([
    () => ({
      path: 'cmd/sync/main.go',
      format: 'go',
      text: draft`package main

import "github.com/ktrysmt/go-bitbucket"

func main() {
\tc, _ := bitbucket.NewBasicAuth("${login.username}", "${code.secret(login, 'literal')}")
\t_ = c
}
`,
    }),
    () => ({
      path: 'lib/tasks/mirror.rake',
      format: 'ruby',
      text: draft`task :mirror do\n  sh "git push --mirror ${loginUrl(s, codeGit, s.git())}"\nend\n`,
    }),
    () => ({
      path: 'src/Deploy/appsettings.json',
      format: 'json',
      charsets: ['utf8-bom'],
      text: draft`{
  "Logging": { "LogLevel": { "Default": "Information" } },
  "Bitbucket": {
    "BaseUrl": "https://api.bitbucket.org/2.0",
    "Username": "${login.username}",
    "AppPassword": "${code.secret(login, 'json')}"
  }
}
`,
    }),
    () => ({
      path: 'src/Sync.java',
      format: 'java',
      text: draft`class Sync {
  static final String BITBUCKET_APP_PASSWORD = "${code.secret(alone(login), 'literal')}";
  // ${s.note()}
}
`,
    }),
    () => ({
      path: 'notes/requests.http',
      format: 'http',
      text: draft`### list
GET https://api.bitbucket.org/2.0/repositories/${s.workspace}
Authorization: Basic ${code.pair(s.rest())}
Accept: application/json

### again
GET https://api.bitbucket.org/2.0/user
Authorization: Basic ${login.username} ${code.secret(login)}
`,
    }),
  ])()
}

/** Commented out, pasted into a note, logged: the shape alone gives it away. */
function freeText(s: Setting): CorpusFile {
  const login = alone({ ...s.app(), ...s.shaped() })
  const shaped =
    login.kind === 'api-token'
      ? draft`api token for bitbucket.org: ${code.secret(login)}`
      : draft`old app password ${code.secret(login)}`
  const at = s.pick<readonly [string, string]>([
    ['notes/todo.txt', 'text'],
    ['CHANGELOG.md', 'markdown'],
    ['logs/deploy.log', 'text'],
    ['config/app.ini', 'ini'],
  ])
  return {
    path: at[0],
    format: at[1],
    charsets: ['utf8-bom', 'utf16le-bom'],
    text: draft`# ${s.note()}
# ${shaped}
enabled=true
`,
  }
}

function storeValues(s: Setting): CorpusFile {
  const login = s.app()
  return s.pick<() => CorpusFile>([
    () => ({
      path: 'vault/secret-bitbucket.json',
      format: 'json',
      text: draft`{ "data": { "data": { "BITBUCKET_USERNAME": "${login.username}", "BITBUCKET_APP_PASSWORD": "${vault.secret(login, 'json')}" } } }\n`,
    }),
    () => ({
      path: 'scripts/put-secret.sh',
      format: 'shell',
      text: draft`aws secretsmanager put-secret-value --secret-id ci/bitbucket \\
  --secret-string '{"username":"${login.username}","password":"${vault.secret(login, 'shell-single', 'json')}","host":"bitbucket.org"}'
`,
    }),
    () => ({
      path: 'scripts/vault.sh',
      format: 'shell',
      text: draft`vault kv put secret/bitbucket.org username=${login.username} bitbucket_app_password=${vault.secret(login)}\n`,
    }),
    () => ({
      path: 'secrets.tf',
      format: 'hcl',
      text: draft`resource "aws_ssm_parameter" "bitbucket_app_password" {
  name  = "/ci/BITBUCKET_APP_PASSWORD"
  type  = "SecureString"
  value = "${vault.secret(alone({ ...login, ...s.shaped() }))}"
}
`,
    }),
    () => ({
      path: 'doppler/ci.yaml',
      format: 'yaml',
      text: draft`BITBUCKET_USERNAME: ${login.username}\nBITBUCKET_APP_PASSWORD: >-\n  ${vault.secret(login, 'yaml-folded')}\nSTAGE: prod\n`,
    }),
  ])()
}

export const codePlaces: readonly Shape[] = [
  { name: 'Python', root: 'projects', times: 30, make: python },
  { name: 'JavaScript', root: 'projects', times: 30, make: javascript },
  { name: 'PHP', root: 'projects', times: 30, make: php },
  { name: 'other languages', root: 'projects', times: 24, make: otherLanguages },
  { name: 'free text', root: 'projects', times: 24, make: freeText },
  { name: 'secret stores', root: 'projects', times: 30, make: storeValues },
]
