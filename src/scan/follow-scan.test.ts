import { afterEach, describe, expect, it } from 'vitest'
import { fixtureValues, type TemporaryFolder, temporaryFolder } from '../../test/contract/fixtures.ts'
import { consumers } from '../consumers/registry.ts'
import { variableReader } from '../consumers/variable-flow.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Context } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import { nodeSystem } from '../system/node-system.ts'
import { scan } from './scan.ts'

const { OLD, NEW, ACCESS } = fixtureValues()
const context: Context = {
  system: nodeSystem({ environment: {} }),
  seal: Secret.sealer(new Uint8Array(32)),
  digest: () => 'hmac:0',
  logins: [],
}
const folders: TemporaryFolder[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove()
})

async function scanned(files: Readonly<Record<string, string>>): Promise<Inventory> {
  const tree = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))
  const folder = temporaryFolder(tree)
  folders.push(folder)
  return scan({ roots: [folder.path], follow: variableReader(consumers) }, consumers, context)
}

/** One line a use: what is done, where, and who does it. */
const usesOf = ({ places }: Inventory): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    places.map(({ consumer, address, uses, unresolved }) => [
      `${consumer} ${address}`,
      [
        ...uses.map(({ operation, access, repository, workspace, by }) =>
          [
            operation,
            access,
            repository && `${repository.workspace}/${repository.slug}`,
            workspace && `${workspace}/?`,
            by,
          ]
            .filter(Boolean)
            .join(' | '),
        ),
        ...(unresolved === undefined ? [] : [`unresolved: ${unresolved}`]),
      ],
    ]),
  )

const GIT = { '.git/HEAD': 'ref: refs/heads/main\n' }

describe('a variable of a repository', () => {
  it('is seen to be presented beside a name, in a URL, or by itself', async () => {
    const api = 'https://api.bitbucket.org/2.0/repositories/acme/app'
    const inventory = await scanned({
      ...GIT,
      'a.sh': `MINE=${OLD}\ncurl -u "alice:$MINE" ${api}\n`,
      'b.sh': `PAIR=alice:${OLD}\ncurl https://$PAIR@api.bitbucket.org/2.0/repositories/acme/app\n`,
      'c.sh': `SENT=${OLD}\ncurl -H "Authorization: Bearer $SENT" ${api}\n`,
      'e.sh': `MADE=${OLD}\ncurl -H "Authorization: Basic $(printf 'alice:%s' "$MADE" | base64)" ${api}\n`,
      'd.sh': `BOTH=alice:${OLD}\ncurl -u "$BOTH" ${api}\n`,
      'f.sh': `NAMED=${OLD}\ncurl -u "$SOMEBODY:$NAMED" ${api}\n`,
      'g.sh': `JOINED=${OLD}\nAUTH="alice:$JOINED"\ncurl -u "$AUTH" ${api}\n`,
      'h.sh': `RIGHT=${OLD}\nAUTH="alice@acme.example:$RIGHT"\ncurl -u "$AUTH" ${api}\n`,
    })
    const spelled = inventory.places.map(({ address, uses }) => [address, uses.map((use) => use.spelled)])
    expect(Object.fromEntries(spelled)).toEqual({
      MINE: ['under a name of its own'],
      NAMED: ['beside a name'],
      JOINED: ['under a name of its own'],
      RIGHT: ['beside a name'],
      PAIR: ['in a URL'],
      SENT: [undefined],
      MADE: ['beside a name'],
      BOTH: [undefined],
    })
  })

  it('is read by a configuration that is a program for all that its tool does', async () => {
    const inventory = await scanned({
      ...GIT,
      'config.js':
        "module.exports = {\n  platform: 'bitbucket',\n  password: process.env.RENOVATE_PASSWORD,\n  x: 'https://bitbucket.org',\n}\n",
      'run.env': `RENOVATE_PASSWORD=${OLD}\n`,
    })
    const [uses] = inventory.places.map((place) => place.uses.map(({ operation, tool }) => `${operation} ${tool}`))
    expect(uses).toEqual(['rest renovate', 'git-fetch renovate', 'git-push renovate'])
  })

  it('says which tool reads it, which counts for its scopes: a provider of Terraform, a variable of Renovate', async () => {
    const inventory = await scanned({
      ...GIT,
      'main.tf': 'provider "bitbucket" {\n  username = "alice"\n  password = var.bb_password\n}\n',
      'prod.tfvars': `bb_password = "${OLD}"\n`,
      'compose.yaml': `x: bitbucket\nservices:\n  bot:\n    image: renovate/renovate\n    environment:\n      RENOVATE_PLATFORM: bitbucket\n      RENOVATE_PASSWORD: \${BB_PW}\n`,
      '.env': `BB_PW=${OLD}\n`,
    })
    expect(
      Object.fromEntries(inventory.places.map(({ address, uses }) => [address, new Set(uses.map(({ tool }) => tool))])),
    ).toEqual({
      bb_password: new Set(['terraform-bitbucket']),
      BB_PW: new Set(['renovate']),
    })
  })

  it('a Secret that a Provider of Flux names is for REST, in the same file or in another', async () => {
    const provider = `apiVersion: notification.toolkit.fluxcd.io/v1beta3\nkind: Provider\nmetadata: {name: status}\nspec:\n  type: bitbucket\n  address: https://bitbucket.org/acme/fleet\n  secretRef: {name: status-token}\n`
    const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: status-token}\nstringData:\n  token: "alice:${OLD}"\n`
    const together = await scanned({ ...GIT, 'flux.yaml': `${provider}---\n${secret}` })
    expect(usesOf(together)).toEqual({
      'flux-notification Secret/status-token.token': [
        'rest | Secret/status-token.token',
        'rest | acme/fleet | flux.yaml line 7',
      ],
    })
    const apart = await scanned({ ...GIT, 'provider.yaml': provider, 'secret.yaml': secret })
    expect(usesOf(apart)).toEqual({ 'token stringData.token': ['rest | acme/fleet | provider.yaml line 7'] })
  })

  it('is followed from a file of variables to the commands of scripts', async () => {
    const inventory = await scanned({
      ...GIT,
      '.env': `BB_USER=alice\nBB_PASS=${OLD}\n`,
      'ci/push.sh': `#!/bin/sh
# git clone https://$BB_USER:$BB_PASS@bitbucket.org/acme/old.git
git clone "https://$BB_USER:$BB_PASS@bitbucket.org/acme/app.git" work
API=https://api.bitbucket.org/2.0/repositories/acme/app
curl -u "$BB_USER:$BB_PASS" -X POST \\
  "$API/pullrequests"
git remote set-url mirror "https://$BB_USER:$BB_PASS@bitbucket.org/acme/mirror.git"
git push --mirror mirror
`,
    })
    expect(usesOf(inventory)).toEqual({
      'variables BB_PASS': [
        'git-fetch | acme/app | ci/push.sh line 3',
        'rest | write | acme/app | ci/push.sh line 5',
        'git-push | acme/mirror | ci/push.sh line 7',
      ],
    })
  })

  it('has one use where the command and its variables stand in one script, however they are quoted', async () => {
    const inventory = await scanned({
      ...GIT,
      '.bashrc': `export BITBUCKET_USER=alice
export BITBUCKET_TOKEN='${OLD}'
prs() { curl -s -u "$BITBUCKET_USER:$BITBUCKET_TOKEN" https://api.bitbucket.org/2.0/repositories/acme/app/pullrequests; }
`,
    })
    expect(Object.values(usesOf(inventory))).toEqual([['rest | read | acme/app | .bashrc line 3']])
    expect(inventory.places[0]?.username?.text).toBe('alice')
  })

  it('that nothing reads is said to be unresolved', async () => {
    const inventory = await scanned({ ...GIT, '.env': `BITBUCKET_TOKEN=${ACCESS}\n` })
    expect(usesOf(inventory)).toEqual({
      'variables BITBUCKET_TOKEN': [
        'git-fetch | BITBUCKET_TOKEN',
        'unresolved: nothing in its repository was seen to read BITBUCKET_TOKEN',
      ],
    })
  })

  it('means in each use what that use wants', async () => {
    const inventory = await scanned({
      'a/.git/HEAD': 'ref: refs/heads/main\n',
      'a/.env': `BITBUCKET_TOKEN=${NEW}\n`,
      'a/report.sh': `curl -u "me@example.com:$BITBUCKET_TOKEN" https://api.bitbucket.org/2.0/workspaces/acme/members\n`,
      'b/.git/HEAD': 'ref: refs/heads/main\n',
      'b/.env': `BITBUCKET_TOKEN=${ACCESS}\n`,
      'b/mirror.sh': `git push "https://x-token-auth:$BITBUCKET_TOKEN@bitbucket.org/acme/app.git" main\n`,
    })
    expect(inventory.places.map(({ secret, uses }) => [secret?.kind, uses])).toEqual([
      [
        'api-token',
        [
          {
            operation: 'rest',
            access: 'read',
            resource: 'workspace',
            workspace: 'acme',
            by: 'report.sh line 1',
            followed: true,
            spelled: 'beside a name',
          },
        ],
      ],
      [
        'access-token',
        [
          {
            operation: 'git-push',
            repository: { workspace: 'acme', slug: 'app' },
            by: 'mirror.sh line 1',
            followed: true,
          },
        ],
      ],
    ])
  })

  it('is followed through another name, a function and a file that is sourced', async () => {
    const inventory = await scanned({
      ...GIT,
      'env.sh': `export BITBUCKET_TOKEN=${ACCESS}\nbb_token() { echo "$BITBUCKET_TOKEN"; }\n`,
      'ci/release.sh': `. ../env.sh
export TOKEN=$(bb_token)
AUTH=$(printf 'x-token-auth:%s' "$TOKEN" | base64)
git -c http.extraHeader="Authorization: Basic $AUTH" push https://bitbucket.org/acme/app.git
`,
    })
    expect(usesOf(inventory)).toEqual({
      'variables BITBUCKET_TOKEN': ['git-push | acme/app | ci/release.sh line 4'],
    })
  })

  it.each([
    [
      'GitHub Actions',
      '.github/workflows/sync.yml',
      `on: push
env:
  BB_TOKEN: TOKEN_HERE
jobs:
  sync:
    env:
      PUSH_TOKEN: \${{ env.BB_TOKEN }}
    steps:
      - run: |
          git remote add bb "https://x-token-auth:$PUSH_TOKEN@bitbucket.org/acme/app.git"
          git push --mirror bb
`,
      'github-actions env.BB_TOKEN',
      'git-push | acme/app | .github/workflows/sync.yml line 10',
    ],
    [
      'GitLab CI',
      '.gitlab-ci.yml',
      `variables:
  BB_TOKEN: TOKEN_HERE
build:
  script:
    - pip install git+https://x-token-auth:\${BB_TOKEN}@bitbucket.org/acme/lib.git
`,
      'gitlab-ci variables.BB_TOKEN',
      'git-fetch | acme/lib | .gitlab-ci.yml line 5',
    ],
    [
      'CircleCI',
      '.circleci/config.yml',
      `jobs:
  build:
    environment:
      BB_TOKEN: TOKEN_HERE
    steps:
      - run:
          command: >-
            curl -H "Authorization: Bearer $BB_TOKEN"
            https://api.bitbucket.org/2.0/repositories/acme/app/downloads
            -F files=@a.zip
`,
      'circleci jobs.build.environment.BB_TOKEN',
      'rest | write | acme/app | .circleci/config.yml line 8',
    ],
    [
      'Bitbucket Pipelines',
      'bitbucket-pipelines.yml',
      `pipelines:
  default:
    - step:
        script:
          - export BB_TOKEN=TOKEN_HERE
          - curl -sL -u "x-token-auth:$BB_TOKEN" https://bitbucket.org/acme/app/get/main.zip -o a.zip
`,
      'bitbucket-pipelines BB_TOKEN',
      'web | acme/app | bitbucket-pipelines.yml line 6',
    ],
    [
      'Make',
      'Makefile',
      `BB_TOKEN := TOKEN_HERE
fetch:
\tgit clone https://x-token-auth:$(BB_TOKEN)@bitbucket.org/acme/app.git
`,
      'settings BB_TOKEN',
      'git-fetch | acme/app | Makefile line 3',
    ],
    [
      'Docker',
      'Dockerfile',
      `FROM debian
ARG BB_TOKEN=TOKEN_HERE
RUN git clone \\
    https://x-token-auth:\${BB_TOKEN}@bitbucket.org/acme/app.git
`,
      'settings BB_TOKEN',
      'git-fetch | acme/app | Dockerfile line 3',
    ],
    [
      'Terraform',
      'main.tf',
      `variable "bb_token" {
  default = "TOKEN_HERE"
}
module "app" {
  source = "git::https://x-token-auth:\${var.bb_token}@bitbucket.org/acme/modules.git"
}
`,
      'variables variable.bb_token.default.bb_token',
      'git-fetch | acme/modules | main.tf line 5',
    ],
  ])('is followed inside one file: %s', async (_, path, text, place, use) => {
    const inventory = await scanned({ ...GIT, [path]: text.replace('TOKEN_HERE', ACCESS) })
    expect(usesOf(inventory)).toEqual({ [place]: [use] })
  })

  it('is followed from a step into the script that the step calls', async () => {
    const inventory = await scanned({
      ...GIT,
      '.github/workflows/push.yml': `env:\n  BITBUCKET_TOKEN: ${ACCESS}\njobs:\n  a:\n    steps:\n      - run: ./ci/push.sh\n`,
      'ci/push.sh': `git push https://x-token-auth:\${BITBUCKET_TOKEN}@bitbucket.org/acme/app.git\n`,
    })
    expect(usesOf(inventory)).toEqual({
      'github-actions env.BITBUCKET_TOKEN': ['git-push | acme/app | ci/push.sh line 1'],
    })
  })

  it('is followed through Compose: the file of the environment, another name, the command', async () => {
    const inventory = await scanned({
      ...GIT,
      '.env': `BB_TOKEN=${ACCESS}\n`,
      'compose.yml': `services:
  mirror:
    image: alpine/git
    env_file: .env
    environment:
      - GIT_PASS=\${BB_TOKEN}
    command: clone https://x-token-auth:$$GIT_PASS@bitbucket.org/acme/app.git
  atlantis:
    environment:
      ATLANTIS_BITBUCKET_TOKEN: \${BB_TOKEN}
`,
    })
    expect(usesOf(inventory)).toEqual({
      'variables BB_TOKEN': [
        'git-fetch | acme/app | compose.yml line 7',
        'rest | compose.yml line 10',
        'git-fetch | compose.yml line 10',
      ],
    })
  })

  it.each([
    ['bitbucket', ['rest', 'git-fetch', 'git-push'].map((operation) => `${operation} | compose.yml line 5`)],
    [
      'gitlab # not bitbucket',
      ['git-fetch | BB_PASS', 'unresolved: nothing in its repository was seen to read BB_PASS'],
    ],
  ])('is a use of a tool that gets it under its own name, as far as the tool is for %s', async (platform, uses) => {
    const inventory = await scanned({
      ...GIT,
      '.env': `BB_PASS=${OLD}\n`,
      'compose.yml': `services:
  renovate:
    environment:
      RENOVATE_PLATFORM: ${platform}
      RENOVATE_PASSWORD: \${BB_PASS}
`,
    })
    expect(usesOf(inventory)).toEqual({ 'variables BB_PASS': uses })
  })

  it('is followed from a unit of systemd into the script that it runs', async () => {
    const inventory = await scanned({
      'etc/mirror.env': `BITBUCKET_TOKEN=${ACCESS}\n`,
      'etc/systemd/system/mirror.service': `[Service]
EnvironmentFile=/etc/mirror.env
ExecStart=/usr/bin/git clone https://x-token-auth:\${BITBUCKET_TOKEN}@bitbucket.org/acme/app.git
`,
    })
    expect(usesOf(inventory)).toEqual({
      'variables BITBUCKET_TOKEN': ['git-fetch | acme/app | etc/systemd/system/mirror.service line 3'],
    })
  })

  it('is followed through objects of Terraform, attribute by attribute', async () => {
    const inventory = await scanned({
      ...GIT,
      'main.tf': `variable "bb_pass" { default = "${OLD}" }
variable "login" {}
locals {
  creds = { user = "alice", pass = var.bb_pass }
}
provider "bitbucket" {
  username = local.creds.user
  password = local.creds.pass
}
module "app" {
  source = "git::https://\${var.login.user}:\${var.login.pass}@bitbucket.org/acme/app.git"
}
`,
      'prod.tfvars': `login = {\n  user = "alice"\n  pass = "${ACCESS}"\n}\npass = "${NEW}"\n`,
    })
    expect(usesOf(inventory)).toEqual({
      'variables variable.bb_pass.default.bb_pass': ['rest | main.tf line 8'],
      'token login.pass': ['git-fetch | acme/app | main.tf line 11'],
      'token pass': ['unresolved: nothing in its repository was seen to read var.pass'],
    })
  })

  it('is not that of another workload in the same stream, whose keys are the same', async () => {
    const job = (name: string, container: string): string =>
      `apiVersion: batch/v1\nkind: Job\nmetadata: {name: ${name}}\nspec:\n  template:\n    spec:\n      containers:\n        - ${container}\n`
    const call = 'curl -u "$BB_USER:$BB_PASS" https://api.bitbucket.org/2.0/repositories/acme/app'
    const inventory = await scanned({
      ...GIT,
      'jobs.yaml': [
        job('mirror', `env: [{name: BB_USER, value: alice}, {name: BB_PASS, value: "${OLD}"}]`),
        job('report', `{envFrom: [{secretRef: {name: report}}], command: [sh, -c, '${call}']}`),
        `apiVersion: v1\nkind: Secret\nmetadata: {name: report}\nstringData: {BB_USER: bob, BB_PASS: "${NEW}"}\n`,
      ].join('---\n'),
    })
    expect(usesOf(inventory)).toEqual({
      'kubernetes-secret Secret/report.BB_PASS': ['rest | read | acme/app | jobs.yaml line 17'],
      'variables spec.template.spec.containers.0.env.1.value.BB_PASS': [
        'git-fetch | BB_PASS',
        'unresolved: nothing in its repository was seen to read BB_PASS',
      ],
    })
  })

  it('is that of the Secret which its own container is given as a whole', async () => {
    const pod = (name: string, repository: string): string =>
      `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  containers:
    - envFrom: [{secretRef: {name: ${name}}}]
      command: [sh, -c, 'git push https://x-token-auth:$BB_PASS@bitbucket.org/acme/${repository}.git']
`
    const secret = (name: string, token: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\nstringData: {BB_PASS: "${token}"}\n`
    const inventory = await scanned({
      ...GIT,
      'all.yaml': [pod('one', 'app'), pod('two', 'web'), secret('one', ACCESS), secret('two', OLD)].join('---\n'),
    })
    expect(usesOf(inventory)).toEqual({
      'kubernetes-secret Secret/one.BB_PASS': ['git-push | acme/app | all.yaml line 7'],
      'kubernetes-secret Secret/two.BB_PASS': ['git-push | acme/web | all.yaml line 15'],
    })
  })

  it('a Secret of Kubernetes is that of the namespace it is read in, where others have its name', async () => {
    const secret = (namespace: string, token: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata: {name: bitbucket, namespace: ${namespace}}\nstringData: {token: ${token}}\n`
    const pod = (namespace: string, repository: string): string =>
      `apiVersion: v1
kind: Pod
metadata: {name: mirror, namespace: ${namespace}}
spec:
  containers:
    - name: git
      envFrom: [{secretRef: {name: bitbucket}}]
      command: [sh, -c, 'git push https://x-token-auth:$token@bitbucket.org/acme/${repository}.git']
    - name: status
      env: [{name: BB, valueFrom: {secretKeyRef: {name: bitbucket, key: token}}}]
      command: [sh, -c, 'curl -H "Authorization: Bearer $BB" https://api.bitbucket.org/2.0/repositories/acme/${repository}']
`
    const inventory = await scanned({
      ...GIT,
      'secrets.yaml': `${secret('dev', ACCESS)}---\n${secret('prod', OLD)}`,
      'dev/pod.yaml': pod('dev', 'app'),
      'prod/pod.yaml': pod('prod', 'web'),
    })
    expect(usesOf(inventory)).toEqual({
      'kubernetes-secret Secret/bitbucket.token': [
        'git-push | acme/app | dev/pod.yaml line 8',
        'rest | read | acme/app | dev/pod.yaml line 11',
      ],
      'kubernetes-secret Secret/bitbucket.token#2': [
        'git-push | acme/web | prod/pod.yaml line 8',
        'rest | read | acme/web | prod/pod.yaml line 11',
      ],
    })
  })

  it('is followed from a Secret of Kubernetes to the container that is given it', async () => {
    const inventory = await scanned({
      ...GIT,
      'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata:\n  name: bitbucket\nstringData:\n  token: ${ACCESS}\n`,
      'job.yaml': `apiVersion: batch/v1
kind: Job
metadata:
  name: mirror
spec:
  template:
    spec:
      containers:
        - name: git
          env:
            - name: BB_TOKEN
              valueFrom:
                secretKeyRef:
                  name: bitbucket
                  key: token
          command: [sh, -c, 'git push https://x-token-auth:$BB_TOKEN@bitbucket.org/acme/app.git']
`,
    })
    expect(Object.values(usesOf(inventory))).toEqual([['git-push | acme/app | job.yaml line 16']])
  })

  it('is followed from a file of values to the provider of Terraform', async () => {
    const inventory = await scanned({
      ...GIT,
      'prod.tfvars': `bitbucket_token = "${NEW}"\n`,
      'main.tf': `variable "bitbucket_token" {}
provider "bitbucket" {
  username = "me@example.com"
  password = var.bitbucket_token
}
`,
    })
    expect(usesOf(inventory)).toEqual({ 'variables bitbucket_token': ['rest | main.tf line 4'] })
  })

  it('is followed into a program that reads it from its environment', async () => {
    const inventory = await scanned({
      ...GIT,
      '.env': `BB_PASS=${NEW}\n`,
      'report.py': `import os, requests
auth = ('me@example.com', os.environ['BB_PASS'])
requests.get('https://api.bitbucket.org/2.0/repositories/acme/app/pullrequests', auth=auth)
`,
    })
    expect(usesOf(inventory)).toEqual({ 'variables BB_PASS': ['rest | acme/app | report.py line 2'] })
  })
})

describe('what a variable is not followed to', () => {
  const push = `git push https://x-token-auth:$BITBUCKET_TOKEN@bitbucket.org/acme/app.git\n`
  const nowhere = [
    'git-fetch | BITBUCKET_TOKEN',
    'unresolved: nothing in its repository was seen to read BITBUCKET_TOKEN',
  ]

  it.each([
    ['another repository', { 'other/.git/HEAD': '', 'other/push.sh': push }],
    ['a repository inside', { 'sub/.git': 'gitdir: ../.git/modules/sub', 'sub/push.sh': push }],
    ['a longer name', { 'push.sh': push.replace('BITBUCKET_TOKEN', 'BITBUCKET_TOKEN_2') }],
    ['a shorter name', { 'push.sh': push.replace('BITBUCKET_TOKEN', 'BITBUCKET') }],
    ['another host', { 'push.sh': `${push.replace('bitbucket.org', 'git.example.com')}# as bitbucket.org had it\n` }],
    ['a comment', { 'push.sh': `# ${push}` }],
    ['a document about it', { 'README.md': push }],
    [
      'a value that a script sets itself',
      { 'push.sh': `BITBUCKET_TOKEN=$(vault read bb)\n${push}`.replace('$(vault', '$( vault') },
    ],
    [
      'a store of secrets',
      {
        '.github/workflows/a.yml': `env:\n  BITBUCKET_TOKEN: \${{ secrets.BITBUCKET_TOKEN }}\njobs:\n  a:\n    steps:\n      - run: ${push}`,
      },
    ],
  ])('%s', async (_, files) => {
    const inventory = await scanned({ ...GIT, '.env': `BITBUCKET_TOKEN=${ACCESS}\n`, ...files })
    expect(usesOf(inventory)['variables BITBUCKET_TOKEN']).toEqual(nowhere)
  })

  it('the value that stands further away, where two folders set the same name', async () => {
    const inventory = await scanned({
      ...GIT,
      '.env': `BITBUCKET_TOKEN=${ACCESS}\n`,
      'services/a/.env': `BITBUCKET_TOKEN=${fixtureValues().ACCESS}\n`,
      'services/a/ci/push.sh': push,
    })
    expect(
      inventory.places.map(({ at, uses }) => [at.kind === 'file' && at.path.includes('services'), uses[0]?.by]),
    ).toEqual([
      [false, 'BITBUCKET_TOKEN'],
      [true, 'services/a/ci/push.sh line 1'],
    ])
  })

  it('the variable of another job of the same pipeline', async () => {
    const inventory = await scanned({
      ...GIT,
      '.github/workflows/a.yml': `jobs:
  fetch:
    env:
      BITBUCKET_TOKEN: ${ACCESS}
    steps:
      - run: git clone https://x-token-auth:$BITBUCKET_TOKEN@bitbucket.org/acme/one.git
  push:
    env:
      BITBUCKET_TOKEN: ${fixtureValues().ACCESS}
    steps:
      - run: git push https://x-token-auth:$BITBUCKET_TOKEN@bitbucket.org/acme/two.git
`,
    })
    expect(usesOf(inventory)).toEqual({
      'github-actions jobs.fetch.env.BITBUCKET_TOKEN': ['git-fetch | acme/one | .github/workflows/a.yml line 6'],
      'github-actions jobs.push.env.BITBUCKET_TOKEN': ['git-push | acme/two | .github/workflows/a.yml line 11'],
    })
  })
})

describe('a file that a configuration of git names', () => {
  it('holds each secret once, for git and not for those who read anything', async () => {
    const { places, unread } = await scanned({
      '.gitconfig': '[include]\n\tpath = work.inc\n[credential]\n\thelper = store --file ~/kept\n',
      'work.inc': `[url "https://alice:${OLD}@bitbucket.org/acme/"]\n\tinsteadOf = work:\n[lfs]\n\turl = https://bob:${NEW}@bitbucket.org/acme/app\n`,
      kept: `https://ci:${ACCESS}@bitbucket.org\n`,
    })
    expect(places.map(({ consumer, address }) => `${consumer} ${address}`).sort()).toEqual([
      'git-config url.insteadOf/work:',
      'git-credentials bitbucket.org',
      'url-userinfo text',
    ])
    expect(unread).toEqual([])
  })
})

describe('a secret that is encoded before it is sent', () => {
  it.each([
    [
      'literally',
      `curl -H "Authorization: Basic $(printf 'alice:${OLD}' | base64)" https://api.bitbucket.org/2.0/user`,
    ],
    [
      'as what a variable is made of',
      `ENC=$(echo -n alice:${OLD} | base64)\ncurl -H "Authorization: Basic $ENC" https://api.bitbucket.org/2.0/user`,
    ],
    [
      'by the command that sends it',
      `BB_PASS=${OLD}\ncurl -H "Authorization: Basic $(echo -n "alice:$BB_PASS" | base64)" https://api.bitbucket.org/2.0/user`,
    ],
    [
      'through another variable',
      `BB_PASS=${OLD}\nAUTH=$(echo -n "alice:$BB_PASS" | base64)\ncurl -H "Authorization: Basic $AUTH" https://api.bitbucket.org/2.0/user`,
    ],
    [
      'by a function',
      `BB_PASS=${OLD}\nauth() { echo -n "alice:$BB_PASS" | base64; }\ngit -c http.extraHeader="Authorization: Basic $(auth)" clone https://bitbucket.org/acme/app.git`,
    ],
  ])('is seen to be cut into lines: %s', async (_, script) => {
    const folded = async (text: string) =>
      (await scanned({ ...GIT, 'a.sh': `${text}\n` })).places.map(({ uses }) => uses.map((use) => use.folded))
    expect(await folded(script)).toEqual([[true]])
    expect(await folded(script.replace('| base64', '| base64 -w0'))).toEqual([[undefined]])
  })
})
