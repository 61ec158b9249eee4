import { base64File, decoy, draft } from '../draft.ts'
import { alone, type CorpusFile, GIT, placesOf, REST, type Setting, type Shape } from '../setting.ts'
import { loginUrl } from '../urls.ts'
import { twoMachines } from './netrc.ts'

const actions = placesOf('ci.gha', GIT)
const actionsRest = placesOf('ci.gha', REST)
const codebuild = placesOf('ci.codebuild', REST)
const azure = placesOf('ci.azure', REST)
const gitlab = placesOf('ci.gitlab', REST)
const gitlabGit = placesOf('ci.gitlab', GIT)
const gocd = placesOf('ci.gocd', GIT)
const circle = placesOf('ci.circleci', GIT)
const drone = placesOf('ci.drone', GIT)
const pac = placesOf('ci.tekton-pac', REST)
const teamcity = placesOf('ci.teamcity', GIT)
const teamcityRest = placesOf('ci.teamcity', REST)
const bamboo = placesOf('ci.bamboo', GIT)
const harness = placesOf('ci.harness', REST)

function workflow(s: Setting): CorpusFile {
  const login = s.app()
  const quote = s.pick(['', '"', "'"])
  return {
    path: s.pick(['.github/workflows/mirror.yml', '.github/workflows/sync-bitbucket.yaml']),
    format: 'yaml',
    charsets: ['utf8-bom'],
    text: draft`name: mirror
on:
  push:
    branches: [main]
env:
  # ${s.note()}
  BITBUCKET_USERNAME: ${login.username}
  BITBUCKET_APP_PASSWORD: ${quote}${actions.secret(login)}${quote}
  NODE_VERSION: '20'
jobs:
  mirror:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: git push --mirror ${loginUrl(s, actions, s.git())}
`,
  }
}

function cloudFormation(s: Setting): CorpusFile {
  const login = s.rest()
  return s.chance(50)
    ? {
        path: 'infra/codebuild.yaml',
        format: 'yaml',
        text: draft`AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Credential:
    Type: AWS::CodeBuild::SourceCredential
    Properties:
      AuthType: BASIC_AUTH
      ServerType: BITBUCKET
      Username: ${login.username}
      Token: ${codebuild.secret(login)}
  Project:
    Type: AWS::CodeBuild::Project
    Properties:
      Source: { Type: BITBUCKET, Location: !Sub 'https://bitbucket.org/${s.workspace}/${s.repo}.git' }
`,
      }
    : {
        path: 'infra/source-credential.json',
        format: 'json',
        text: draft`{
  "serverType": "BITBUCKET",
  "authType": "BASIC_AUTH",
  "shouldOverwrite": true,
  "username": "${login.username}",
  "token": "${codebuild.secret(login, s.pick(['json', 'json-html-safe'] as const))}"
}
`,
      }
}

function azureEndpoint(s: Setting): CorpusFile {
  const old = s.app()
  const next = { ...s.shaped() }
  return s.chance(50)
    ? {
        path: 'azdo/endpoint.json',
        format: 'json',
        charsets: ['utf8-bom', 'utf16le-bom'],
        text: draft`{
    "name": "bitbucket",
    "type": "bitbucket",
    "url": "https://api.bitbucket.org/",
    "authorization": {
        "scheme": "UsernamePassword",
        "parameters": {
            "username": "${old.username}",
            "password": "${azure.secret(old, 'json')}"
        }
    }
}
`,
      }
    : {
        path: 'azdo/main.tf',
        format: 'hcl',
        text: draft`resource "azuredevops_serviceendpoint_bitbucket" "this" {
  project_id            = azuredevops_project.this.id
  username              = "${next.username}"
  password              = "${azure.secret(next)}"
  service_endpoint_name = "Bitbucket"
}
`,
      }
}

function gitlabFiles(s: Setting): CorpusFile {
  const login = s.app()
  return s.pick<() => CorpusFile>([
    () => ({
      path: '.gitlab-ci.yml',
      format: 'yaml',
      text: draft`variables:
  GIT_DEPTH: "5"
  BITBUCKET_APP_PASSWORD: "${gitlabGit.secret(alone(login))}"
mirror:
  script:
    - git remote add bb ${loginUrl(s, gitlabGit, s.git())}
    - git push --mirror bb
`,
    }),
    () => ({
      path: 'scripts/import.sh',
      format: 'shell',
      text: draft`curl --request POST --url "https://gitlab.example.com/api/v4/import/bitbucket" \\
  --header "content-type: application/json" \\
  --header "PRIVATE-TOKEN: ${decoy('other service', `gl${'pat-'}${s.hex(20)}`)}" \\
  --data '{
    "bitbucket_username": "${login.username}",
    "bitbucket_app_password": "${gitlab.secret(login, 'shell-single', 'json')}",
    "repo_path": "${s.workspace}/${s.repo}",
    "target_namespace": "imports"
  }'
`,
    }),
  ])()
}

function gocdConfig(s: Setting): CorpusFile {
  const login = s.app()
  const plain = s.chance(50)
  const git = plain
    ? draft`<git url="https://bitbucket.org/${s.workspace}/${s.repo}.git" username="${login.username}" password="${gocd.secret(login, 'xml')}" branch="main" />`
    : draft`<git url="${loginUrl(s, gocd, s.git(), { outer: ['xml'] })}" branch="main" />`
  return {
    path: 'etc/go/cruise-config.xml',
    format: 'xml',
    text: draft`<?xml version="1.0" encoding="utf-8"?>
<cruise schemaVersion="139">
  <pipelines group="${s.workspace}">
    <pipeline name="${s.repo}">
      <materials>
        ${git}
      </materials>
    </pipeline>
  </pipelines>
</cruise>
`,
  }
}

function circleConfig(s: Setting): CorpusFile {
  const login = s.app()
  return {
    path: '.circleci/config.yml',
    format: 'yaml',
    text: draft`version: 2.1
jobs:
  build:
    docker: [{ image: cimg/node:20.11 }]
    environment:
      BITBUCKET_USERNAME: ${login.username}
      BITBUCKET_APP_PASSWORD: ${circle.secret(login)}
    steps:
      - checkout
      - run:
          name: private modules
          command: |
            git clone ${loginUrl(s, circle, s.git())} deps
            npm ci
`,
  }
}

export const ciPlaces: readonly Shape[] = [
  { name: 'GitHub Actions', root: 'projects', times: 16, make: workflow },
  {
    name: 'GitHub Actions calling REST',
    root: 'projects',
    times: 10,
    make: (s) => ({
      path: '.github/workflows/status.yml',
      format: 'yaml',
      text: draft`on: [push]
jobs:
  status:
    runs-on: ubuntu-latest
    steps:
      - name: report
        run: >-
          curl -fsS -H 'Authorization: Basic ${actionsRest.pair(s.rest())}'
          https://api.bitbucket.org/2.0/repositories/${s.workspace}/${s.repo}/commit/$SHA/statuses/build
`,
    }),
  },
  { name: 'CodeBuild source credential', root: 'projects', times: 14, make: cloudFormation },
  {
    name: 'CodeBuild on the command line',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.rest()
      return {
        path: 'scripts/codebuild.sh',
        format: 'shell',
        text: draft`aws codebuild import-source-credentials --server-type BITBUCKET --auth-type BASIC_AUTH \\
  --username ${login.username} \\
  --token ${codebuild.secret(login)}
`,
      }
    },
  },
  { name: 'Azure service connection', root: 'projects', times: 12, make: azureEndpoint },
  {
    name: 'Azure provider by environment',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.rest()
      const api = login.kind === 'api-token'
      return {
        path: '.env',
        format: 'dotenv',
        text: draft`AZDO_ORG_SERVICE_URL=https://dev.azure.com/${s.workspace}
AZDO_BITBUCKET_SERVICE_CONNECTION_${api ? 'EMAIL' : 'USERNAME'}=${login.username}
AZDO_BITBUCKET_SERVICE_CONNECTION_${api ? 'API_TOKEN' : 'PASSWORD'}=${azure.secret(login)}
`,
      }
    },
  },
  { name: 'GitLab import and pipelines', root: 'projects', times: 14, make: gitlabFiles },
  { name: 'GoCD', root: 'hosts', times: 10, make: gocdConfig },
  { name: 'CircleCI', root: 'projects', times: 8, make: circleConfig },
  {
    name: 'Drone and Woodpecker steps',
    root: 'projects',
    times: 10,
    make: (s) => ({
      path: s.pick(['.drone.yml', '.woodpecker.yml']),
      format: 'yaml',
      text: draft`kind: pipeline
type: docker
name: default
---
kind: pipeline
name: deploy
steps:
  - name: push
    image: alpine/git
    environment:
      SLACK_URL: ${decoy('placeholder', '$' + '{SLACK_URL}')}
    commands:
      - git push ${loginUrl(s, drone, s.git())} HEAD:main
`,
    }),
  },
  {
    name: 'Pipelines as Code',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.rest()
      return {
        path: 'tekton/bitbucket.yaml',
        format: 'yaml',
        text: draft`apiVersion: v1
kind: Secret
metadata:
  name: bitbucket-cloud-token
stringData:
  provider.token: ${pac.secret(login)}
---
apiVersion: pipelinesascode.tekton.dev/v1alpha1
kind: Repository
metadata:
  name: ${s.repo}
spec:
  url: https://bitbucket.org/${s.workspace}/${s.repo}
  git_provider:
    user: ${login.username}
    secret: { name: bitbucket-cloud-token, key: provider.token }
`,
      }
    },
  },
  {
    name: 'TeamCity project settings',
    root: 'projects',
    times: 10,
    make: (s) => {
      const login = s.app()
      const rest = s.app()
      return {
        path: '.teamcity/settings.kts',
        format: 'kotlin',
        text: draft`object Root : GitVcsRoot({
    name = "${s.repo}"
    url = "https://bitbucket.org/${s.workspace}/${s.repo}.git"
    authMethod = password {
        userName = "${login.username}"
        password = "${teamcity.secret(login)}"
    }
})

features {
    commitStatusPublisher {
        publisher = bitbucketCloud {
            userName = "${rest.username}"
            password = "${teamcityRest.secret(rest)}"
        }
    }
}
`,
      }
    },
  },
  {
    name: 'Bamboo specs',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.git()
      const plain = login.kind === 'password' ? s.app() : login
      return {
        path: 'bamboo-specs/bamboo.yml',
        format: 'yaml',
        text: draft`version: 2
plan: { project-key: ${s.workspace.slice(0, 4).toUpperCase()}, key: BLD, name: ${s.repo} }
repositories:
  - ${s.repo}:
      type: git
      url: https://bitbucket.org/${s.workspace}/${s.repo}.git
      username: ${plain.username}
      password: ${bamboo.secret(plain)}
      branch: main
`,
      }
    },
  },
  {
    name: 'Harness secret and connector',
    root: 'projects',
    times: 6,
    make: (s) => {
      const login = s.shaped()
      return {
        path: 'harness/bitbucket.yaml',
        format: 'yaml',
        text: draft`secret:
  type: SecretText
  name: bitbucket_token
  identifier: bitbucket_token
  spec:
    secretManagerIdentifier: harnessSecretManager
    valueType: Inline
    value: ${harness.secret(alone(login))}
---
connector:
  type: Bitbucket
  spec:
    url: https://bitbucket.org/${s.workspace}
    authentication:
      type: Http
      spec: { type: UsernameToken, spec: { username: ${login.username}, tokenRef: bitbucket_token } }
`,
      }
    },
  },
  {
    name: 'netrc as a base64 literal in a workflow',
    root: 'projects',
    times: 8,
    make: (s) => ({
      path: '.github/workflows/go.yml',
      format: 'yaml',
      text: draft`on: pull_request
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: echo ${base64File(twoMachines(s))} | base64 -d > ~/.netrc
      - run: go test ./...
`,
    }),
  },
]
