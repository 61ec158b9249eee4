import { type Draft, decoy, draft, type Mark } from '../draft.ts'
import { jenkinsKeys } from '../places/jenkins-cipher.ts'
import { ALPHANUMERIC, BASE64URL } from '../random.ts'
import { unprefixedAppPassword } from '../secrets.ts'
import type { CorpusFile, Setting, Shape } from '../setting.ts'

const hash = (s: Setting, length: number): Mark => decoy('hash', s.hex(length))
const uuid = (s: Setting): Mark =>
  decoy('uuid', `${s.hex(8)}-${s.hex(4)}-4${s.hex(3)}-${s.pick(['8', '9', 'a', 'b'])}${s.hex(3)}-${s.hex(12)}`)

const HASHED: readonly ((s: Setting) => CorpusFile)[] = [
  (s) => ({
    path: 'package-lock.json',
    format: 'json',
    text: draft`{
  "packages": {
    "node_modules/bitbucket": {
      "version": "2.12.0",
      "resolved": "https://registry.example.org/bitbucket/-/bitbucket-2.12.0.tgz",
      "integrity": "sha512-${decoy('hash', s.bytes(64).toString('base64'))}"
    },
    "node_modules/lib": {
      "resolved": "git+ssh://git@bitbucket.org/${s.workspace}/lib.git#${hash(s, 40)}"
    }
  }
}
`,
  }),
  (s) => ({
    path: 'go.sum',
    format: 'text',
    text: draft`bitbucket.org/${s.workspace}/lib v1.0.0 h1:${decoy('hash', s.bytes(32).toString('base64'))}
bitbucket.org/${s.workspace}/lib v1.0.0/go.mod h1:${decoy('hash', s.bytes(32).toString('base64'))}
`,
  }),
  (s) => ({
    path: '.git/packed-refs',
    format: 'text',
    text: draft`# pack-refs with: peeled fully-peeled sorted
${hash(s, 40)} refs/remotes/bitbucket/main
${hash(s, 40)} refs/tags/bitbucket-1.0
`,
  }),
  (s) => ({
    path: 'Package.resolved',
    format: 'json',
    text: draft`{ "pins": [{
  "location": "https://bitbucket.org/${s.workspace}/kit.git",
  "state": { "revision": "${hash(s, 40)}" }
}] }
`,
  }),
  (s) => ({
    path: 'data/repositories.json',
    format: 'json',
    text: draft`[
  { "uuid": "{${uuid(s)}}", "full_name": "${s.workspace}/${s.repo}" },
  { "uuid": "{${uuid(s)}}", "mainbranch": "main" },
  { "links": { "html": "https://bitbucket.org/${s.workspace}/${s.repo}/commits/${hash(s, 40)}" } }
]
`,
  }),
  (s) => ({
    path: 'bitbucket-pipelines.yml',
    format: 'yaml',
    text: draft`image:
  name: registry.example.com/build@sha256:${hash(s, 64)}
pipelines:
  default:
    - step:
        script:
          - test "$BITBUCKET_COMMIT" = "${hash(s, 40)}"
          - export CACHE_KEY=${decoy('hash', s.text(ALPHANUMERIC, 20))}
`,
  }),
]

function hashes(s: Setting): CorpusFile {
  return s.pick(HASHED)(s)
}

function bigText(s: Setting): CorpusFile {
  const code = (length: number): string =>
    Array.from(
      { length },
      () =>
        `${s.text(BASE64URL.slice(0, 52), 2)}=${s.text(BASE64URL.slice(0, 52), 1)}(${s.between(0, 999)},"${s.text(ALPHANUMERIC, 6)}")`,
    ).join(';')
  return s.pick<() => CorpusFile>([
    () => ({
      path: s.pick(['dist/app.min.js', 'public/vendor.js']),
      format: 'javascript',
      text: draft`!function(){var e="https://api.bitbucket.org/2.0";${code(400)};${decoy('minified code', `var ATBB=function(t){return t.ATATT3},p={username:n,password:r,token:${s.text(BASE64URL.slice(0, 52), 20)}}`)};${code(400)}}();`,
      fixed: true,
    }),
    () => ({
      path: 'dist/app.js.map',
      format: 'json',
      text: draft`{"version":3,"sources":["bitbucket.ts"],"mappings":"${decoy('minified code', Array.from({ length: 500 }, () => s.text(ALPHANUMERIC, 4)).join(','))}"}`,
    }),
    () => ({
      path: 'docs/logo.svg',
      format: 'xml',
      text: draft`<svg xmlns="http://www.w3.org/2000/svg"><!-- bitbucket.org badge -->
<image href="data:image/png;base64,${decoy('base64 image', s.bytes(3000).toString('base64'))}"/></svg>
`,
    }),
    () => ({
      path: 'data/embedded.txt',
      format: 'text',
      text: draft`bitbucket.org logo:\n${decoy('base64 image', `${s.bytes(900).toString('base64url')}ATBB${s.bytes(900).toString('base64url')}`)}\n`,
    }),
  ])()
}

const sops = (s: Setting): Mark =>
  decoy(
    'encrypted',
    `ENC[AES256_GCM,data:${s.bytes(36).toString('base64')},iv:${s.bytes(32).toString('base64')},tag:${s.bytes(16).toString('base64')},type:str]`,
  )

const ENCRYPTED: readonly ((s: Setting) => CorpusFile)[] = [
  (s) => ({
    path: 'secrets.enc.yaml',
    format: 'yaml',
    text: draft`bitbucket:
    username: ${s.user}
    app_password: ${sops(s)}
BITBUCKET_APP_PASSWORD: ${sops(s)}
sops:
    age:
        - recipient: age1${s.text('acdefghjklmnpqrstuvwxyz0234567', 58)}
    version: 3.9.0
`,
  }),
  (s) => ({
    path: 'k8s/sealed.yaml',
    format: 'yaml',
    text: draft`apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: bitbucket }
spec:
  encryptedData:
    username: ${decoy('encrypted', s.bytes(300).toString('base64'))}
    password: ${decoy('encrypted', s.bytes(300).toString('base64'))}
`,
  }),
  (s) => ({
    path: 'group_vars/vault.yml',
    format: 'text',
    text: draft`$ANSIBLE_VAULT;1.1;AES256\n${decoy('encrypted', s.hex(80))}\n${decoy('encrypted', s.hex(80))}\n${decoy('encrypted', s.hex(42))}\n`,
  }),
  (s) => ({
    path: 'group_vars/ci.yml',
    format: 'yaml',
    text: draft`bitbucket_username: ${s.user}
bitbucket_app_password: !vault |
  $ANSIBLE_VAULT;1.2;AES256;prod
  ${decoy('encrypted', s.hex(80))}
  ${decoy('encrypted', s.hex(52))}
`,
  }),
  (s) => ({
    path: 'jenkins/hudson.plugins.sonar.xml',
    format: 'xml',
    text: draft`<?xml version='1.1' encoding='UTF-8'?>
<hudson.plugins.sonar.SonarGlobalConfiguration>
  <serverUrl>https://sonar.example.com/bitbucket.org</serverUrl>
  <token>${decoy('encrypted', jenkinsKeys(s).encrypt(s.hex(40)))}</token>
</hudson.plugins.sonar.SonarGlobalConfiguration>
`,
  }),
  (s) => ({
    path: 'settings.xml',
    format: 'xml',
    text: draft`<settings><servers><server>
  <id>bitbucket.org</id>
  <username>${s.user}</username>
  <password>${decoy('encrypted', `{${s.bytes(48).toString('base64')}}`)}</password>
</server></servers></settings>
`,
  }),
  (s) => ({
    path: '.teamcity/settings.kts',
    format: 'kotlin',
    text: draft`object Root : GitVcsRoot({
    url = "https://bitbucket.org/${s.workspace}/${s.repo}.git"
    authMethod = password {
        userName = "${s.user}"
        password = "${decoy('encrypted', `credentialsJSON:${s.hex(8)}-${s.hex(4)}-4${s.hex(3)}-9${s.hex(3)}-${s.hex(12)}`)}"
    }
})
`,
  }),
  (s) => ({
    path: 'keys/deploy.pub',
    format: 'text',
    text: draft`ssh-rsa ${decoy('public key', `AAAAB3NzaC1yc2EAAAADAQABAAABAQ${s.bytes(200).toString('base64')}`)} ${s.user}@bitbucket.org\n`,
  }),
  (s) => ({
    path: '.ssh/known_hosts',
    format: 'text',
    text: draft`bitbucket.org ssh-ed25519 ${decoy('public key', `AAAAC3NzaC1lZDI1NTE5AAAA${s.bytes(33).toString('base64')}`)}\n`,
  }),
]

function encrypted(s: Setting): CorpusFile {
  return s.pick(ENCRYPTED)(s)
}

const plainUrls = (
  s: Setting,
): Draft => draft`${decoy('no credential', `https://bitbucket.org/${s.workspace}/${s.repo}.git`)}
${decoy('username only', `https://${s.user}@bitbucket.org/${s.workspace}/${s.repo}.git`)}
${decoy('no credential', `git@bitbucket.org:${s.workspace}/${s.repo}.git`)}
${decoy('no credential', `ssh://git@bitbucket.org/${s.workspace}/${s.repo}.git`)}
`

const WITHOUT_CREDENTIALS: readonly ((s: Setting, only: Mark) => CorpusFile)[] = [
  (s) => ({ path: 'repos.txt', format: 'text', text: plainUrls(s) }),
  (s) => ({
    path: '.git/config',
    format: 'git-config',
    text: draft`[remote "origin"]\n\turl = ${decoy('no credential', `git@bitbucket.org:${s.workspace}/${s.repo}.git`)}\n[credential "https://bitbucket.org"]\n\tusername = ${decoy('username only', s.user)}\n`,
  }),
  (s) => ({
    path: 'Jenkinsfile',
    format: 'groovy',
    text: draft`git url: '${decoy('no credential', `https://bitbucket.org/${s.workspace}/${s.repo}.git`)}', credentialsId: '${decoy('reference', uuid(s).stored)}'\n`,
  }),
  (s) => ({
    path: 'main.tf',
    format: 'hcl',
    text: draft`module "vpc" {\n  source = "${decoy('no credential', `git::https://bitbucket.org/${s.workspace}/modules.git?ref=v1`)}"\n}\n`,
  }),
  (_, only) => ({ path: 'Gemfile', format: 'ruby', text: draft`gem 'lib', git: '${only}'\n` }),
  (s) => ({
    path: '.env',
    format: 'dotenv',
    text: draft`BITBUCKET_WORKSPACE=${decoy('no credential', s.text(ALPHANUMERIC, 20))}
BITBUCKET_REPO_SLUG=${decoy('no credential', s.repo)}
BITBUCKET_WEBHOOK_SECRET=${decoy('webhook secret', s.text(ALPHANUMERIC, 32))}
BITBUCKET_SERVER_PASSWORD=${decoy('data center', unprefixedAppPassword(s))}
BITBUCKET_DATA_CENTER_TOKEN=${decoy('data center', unprefixedAppPassword(s))}
BITBUCKET_URL=${decoy('no credential', `https://bitbucket.org/${s.workspace}`)}
`,
  }),
  () => ({
    path: 'src/Form.jsx',
    format: 'javascript',
    text: draft`export const labels = {
  bitbucketAppPassword: '${decoy('documentation', 'App password')}',
  BITBUCKET_TOKEN: '${decoy('documentation', 'Paste your Bitbucket token')}',
  appPassword: ${decoy('reference', 'form.values.appPassword')},
  password: ${decoy('reference', 'undefined')},
  hint: "${decoy('documentation', 'https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/')}",
}
`,
  }),
  () => ({
    path: 'schema/bitbucket.json',
    format: 'json',
    text: draft`{
  "properties": {
    "username": { "type": "string" },
    "app_password": { "type": "${decoy('documentation', 'string')}", "secret": true },
    "appPassword": "${decoy('documentation', 'password')}",
    "bitbucket_token": { "$ref": "${decoy('documentation', '#/definitions/token')}" }
  }
}
`,
  }),
  (s) => ({
    path: 'policy.json',
    format: 'json',
    text: draft`{
  "Resource": "${decoy('reference', `arn:aws:secretsmanager:eu-west-1:${s.text('0123456789', 12)}:secret:bitbucket-app-password-${s.text(ALPHANUMERIC, 6)}`)}",
  "BITBUCKET_APP_PASSWORD": "${decoy('reference', '{{resolve:secretsmanager:bitbucket:SecretString:password}}')}",
  "valueFrom": "${decoy('reference', '/ci/BITBUCKET_APP_PASSWORD')}"
}
`,
  }),
]

function withoutCredentials(s: Setting): CorpusFile {
  const only = decoy('username only', `https://${s.user}@bitbucket.org/${s.workspace}/${s.repo}.git`)
  return s.pick(WITHOUT_CREDENTIALS)(s, only)
}

export const noiseLookalikes: readonly Shape[] = [
  { name: 'hashes and identifiers', root: 'projects', times: 80, make: hashes },
  { name: 'minified code and images', root: 'projects', times: 30, make: bigText },
  { name: 'encrypted values and public keys', root: 'projects', times: 90, make: encrypted },
  { name: 'no credential at all', root: 'projects', times: 90, make: withoutCredentials },
]
