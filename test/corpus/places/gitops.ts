import { base64File, type Draft, decoy, draft, indented } from '../draft.ts'
import type { Encoding } from '../encodings.ts'
import { type CorpusFile, GIT, type Login, placesOf, REST, type Setting, type Shape } from '../setting.ts'
import { loginUrl } from '../urls.ts'
import { twoMachines } from './netrc.ts'

type Places = ReturnType<typeof placesOf>

const argoRepo = placesOf('argocd.repo', GIT)
const argoScm = placesOf('argocd.scm', REST)
const argoPr = placesOf('argocd.pr', REST)
const workflows = placesOf('argo.workflows', GIT)
const fluxGit = placesOf('flux.git', GIT)
const fluxNotify = placesOf('flux.notify', REST)
const fleet = placesOf('rancher.fleet', GIT)
const basicAuth = placesOf('k8s.basic-auth', GIT)
const gitSync = placesOf('k8s.git-sync', GIT)
const opaque = placesOf('k8s.opaque', GIT)

/** A login of git that stands in YAML as it is. */
const plainGit = (s: Setting): Login => {
  const login = s.git()
  return login.kind === 'password' ? s.app() : login
}

/** One value of `data` or `stringData`, as the section asks. */
function value(at: Places, login: Login, section: 'data' | 'stringData', s: Setting): Draft {
  if (section === 'data') return draft`${at.secret(login, 'base64')}`
  const [encoding, quote] = s.pick<readonly [Encoding, string]>([
    ['plain', ''],
    ['yaml-single', "'"],
    ['yaml-double', '"'],
  ])
  return draft`${quote}${at.secret(login, encoding)}${quote}`
}

const text = (plain: string, section: string): string =>
  section === 'data' ? Buffer.from(plain).toString('base64') : plain

function secretOf(s: Setting, at: Places, login: Login, more: Draft = draft``, labels: Draft = draft``): Draft {
  const section = s.pick(['data', 'stringData'] as const)
  const extra = section === 'data' ? draft`` : more
  return draft`apiVersion: v1
kind: Secret
metadata:
  name: ${s.repo}-git
  namespace: ${s.workspace}${labels}
type: ${s.pick(['Opaque', 'Opaque', 'kubernetes.io/basic-auth'])}
${section}:
${extra}  username: ${text(login.username, section)}
  password: ${value(at, login, section, s)}
`
}

function argoRepository(s: Setting): CorpusFile {
  const url = `https://bitbucket.org/${s.workspace}/${s.repo}.git`
  const login = plainGit(s)
  const section = s.pick(['data', 'stringData'] as const)
  return {
    path: s.pick(['argocd/repo.yaml', 'bootstrap/argocd/repositories.yml']),
    format: 'yaml',
    text: draft`# ${s.note()}
apiVersion: v1
kind: Secret
metadata:
  name: ${s.repo}
  namespace: argocd
  labels:
    argocd.argoproj.io/secret-type: ${s.pick(['repository', 'repo-creds'])}
${section}:
  type: ${text('git', section)}
  url: ${text(url, section)}
  username: ${text(login.username, section)}
  password: ${value(argoRepo, login, section, s)}
`,
  }
}

function fluxFiles(s: Setting): CorpusFile {
  const source = draft`---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: ${s.repo}
spec:
  interval: 1m
  url: https://bitbucket.org/${s.workspace}/${s.repo}.git
  secretRef: { name: ${s.repo}-git }
`
  return {
    path: 'clusters/prod/source.yaml',
    format: 'yaml',
    text: draft`${secretOf(s, fluxGit, plainGit(s))}${source}`,
  }
}

function fluxNotification(s: Setting): CorpusFile {
  const login = s.rest()
  const whole = s.chance(50)
    ? draft`stringData:\n  token: "${login.username}:${fluxNotify.secret(login)}"`
    : draft`data:\n  token: ${fluxNotify.pair(login)}`
  return {
    path: 'clusters/prod/notify.yaml',
    format: 'yaml',
    text: draft`apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Provider
metadata:
  name: bitbucket
spec:
  type: bitbucket
  address: https://bitbucket.org/${s.workspace}/${s.repo}
  secretRef:
    name: bitbucket-token
---
apiVersion: v1
kind: Secret
metadata:
  name: bitbucket-token
${whole}
`,
  }
}

function gitSyncPod(s: Setting): CorpusFile {
  const login = plainGit(s)
  const quote = s.pick(['"', "'", ''])
  return {
    path: 'k8s/deployment.yaml',
    format: 'yaml',
    text: draft`apiVersion: apps/v1
kind: Deployment
metadata: { name: ${s.repo} }
spec:
  template:
    spec:
      containers:
        - name: git-sync
          image: registry.k8s.io/git-sync/git-sync:v4.4.0
          env:
            - name: GITSYNC_REPO
              value: https://bitbucket.org/${s.workspace}/${s.repo}.git
            - name: GITSYNC_USERNAME
              value: ${login.username}
            - name: GITSYNC_PASSWORD
              value: ${quote}${gitSync.secret(login)}${quote}
            - name: DB_PASSWORD
              value: ${decoy('other service', s.text('abcdefghij0123456789', 20))}
`,
  }
}

function wholeFileSecret(s: Setting): CorpusFile {
  const login = s.git()
  const [key, content] = s.pick<() => readonly [string, Draft]>([
    () => ['.netrc', twoMachines(s, opaque, placesOf('k8s.opaque', REST))],
    () => ['.git-credentials', draft`${loginUrl(s, opaque, login, { path: '' })}\n`],
    () => ['auth.json', composerAuth(s)],
    () => [
      '.gitconfig',
      draft`[url "${loginUrl(s, opaque, login, { path: '/' })}"]\n\tinsteadOf = https://bitbucket.org/\n`,
    ],
  ])()
  const head = draft`apiVersion: v1
kind: Secret
metadata:
  name: build-credentials
type: Opaque
`
  const tail = s.chance(55)
    ? draft`data:\n  other: ${Buffer.from(s.hex(20)).toString('base64')}\n  ${key}: ${base64File(content)}\n`
    : draft`stringData:\n  ${key}: |\n    ${indented(content, '    ')}\n`
  return { path: 'k8s/secrets/build.yaml', format: 'yaml', text: draft`${head}${tail}` }
}

function composerAuth(s: Setting): Draft {
  const login = s.app()
  return draft`{
  "http-basic": {
    "bitbucket.org": {
      "username": "${login.username}",
      "password": "${opaque.secret(login, 'json')}"
    }
  }
}
`
}

/** One document holds the anchor, the other uses it. */
function anchors(s: Setting): CorpusFile {
  const login = s.app()
  return {
    path: 'k8s/values-prod.yaml',
    format: 'yaml',
    text: draft`x-login: &login
  username: ${login.username}
  password: &pw "${opaque.secret(login)}"
vault: !vault |
  $ANSIBLE_VAULT;1.1;AES256
  ${decoy('encrypted', s.hex(80))}
  ${decoy('encrypted', s.hex(60))}
sources:
  - url: https://bitbucket.org/${s.workspace}/${s.repo}.git
    <<: *login
  - url: https://bitbucket.org/${s.workspace}/shared-lib.git
    username: ${login.username}
    password: *pw
`,
  }
}

export const gitopsPlaces: readonly Shape[] = [
  { name: 'Argo CD repository', root: 'projects', times: 20, make: argoRepository },
  {
    name: 'Argo CD generators',
    root: 'projects',
    times: 14,
    make: (s) => {
      const login = s.app()
      const pull = s.chance(50)
      const at = pull ? argoPr : argoScm
      const generator = pull
        ? draft`    - pullRequest:
        bitbucket:
          owner: ${s.workspace}
          repo: ${s.repo}
          basicAuth: { username: ${login.username}, passwordRef: { secretName: bb, key: password } }`
        : draft`    - scmProvider:
        bitbucket:
          owner: ${s.workspace}
          user: ${login.username}
          appPasswordRef: { secretName: bb, key: password }`
      return {
        path: 'argocd/appset.yaml',
        format: 'yaml',
        text: draft`apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: ${s.repo} }
spec:
  generators:
${generator}
---
apiVersion: v1
kind: Secret
metadata: { name: bb }
stringData:
  password: ${at.secret({ ...login, username: '' })}
`,
      }
    },
  },
  {
    name: 'Argo Workflows git artifact',
    root: 'projects',
    times: 8,
    make: (s) => ({
      path: 'workflows/build.yaml',
      format: 'yaml',
      text: draft`${secretOf(s, workflows, plainGit(s))}---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { generateName: build- }
spec:
  templates:
    - name: checkout
      inputs:
        artifacts:
          - name: source
            path: /src
            git:
              repo: https://bitbucket.org/${s.workspace}/${s.repo}.git
              usernameSecret: { name: ${s.repo}-git, key: username }
              passwordSecret: { name: ${s.repo}-git, key: password }
`,
    }),
  },
  { name: 'Flux source', root: 'projects', times: 16, make: fluxFiles },
  { name: 'Flux notification', root: 'projects', times: 14, make: fluxNotification },
  {
    name: 'Fleet',
    root: 'projects',
    times: 8,
    make: (s) => ({
      path: 'fleet/gitrepo.yaml',
      format: 'yaml',
      text: draft`${secretOf(s, fleet, plainGit(s))}---
apiVersion: fleet.cattle.io/v1alpha1
kind: GitRepo
metadata: { name: ${s.repo} }
spec:
  repo: https://bitbucket.org/${s.workspace}/${s.repo}
  clientSecretName: ${s.repo}-git
`,
    }),
  },
  {
    name: 'basic-auth for Tekton',
    root: 'projects',
    times: 16,
    make: (s) => ({
      path: 'tekton/git-auth.yaml',
      format: 'yaml',
      text: secretOf(
        s,
        basicAuth,
        plainGit(s),
        draft``,
        draft`\n  annotations:\n    tekton.dev/git-0: https://bitbucket.org`,
      ),
    }),
  },
  { name: 'git-sync', root: 'projects', times: 14, make: gitSyncPod },
  { name: 'whole files in a Secret', root: 'projects', times: 40, make: wholeFileSecret },
  { name: 'anchors', root: 'projects', times: 10, make: anchors },
  {
    name: 'Secret as JSON, as kubectl prints it',
    root: 'projects',
    times: 10,
    make: (s) => {
      const login = plainGit(s)
      return {
        path: 'backup/secret.json',
        format: 'json',
        text: draft`{
    "apiVersion": "v1",
    "data": {
        "password": "${basicAuth.secret(login, 'json', 'base64')}",
        "username": "${text(login.username, 'data')}"
    },
    "kind": "Secret",
    "metadata": {
        "annotations": { "tekton.dev/git-0": "https://bitbucket.org" },
        "name": "bitbucket-basic"
    },
    "type": "kubernetes.io/basic-auth"
}
`,
      }
    },
  },
  {
    name: 'ConfigMap with a .gitconfig',
    root: 'projects',
    times: 8,
    make: (s) => ({
      path: 'k8s/configmap.yaml',
      format: 'yaml',
      text: draft`kind: ConfigMap
apiVersion: v1
metadata: { name: git }
data:
  .gitconfig: |-
    [user]
      name = ${s.user}
    [url "${loginUrl(s, opaque, s.git(), { path: '/' })}"]
      insteadOf = https://bitbucket.org/
`,
    }),
  },
]
