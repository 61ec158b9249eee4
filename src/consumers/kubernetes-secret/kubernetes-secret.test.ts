import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Kubernetes Secret', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'annotations of Tekton and of OpenShift',
        tree: load('annotations'),
        path: 'secrets.yaml',
        places: [
          {
            address: 'Secret/tekton-git.password',
            host: 'bitbucket.org',
            line: 11,
            uses: ['git-fetch by Secret/tekton-git.password'],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'Secret/openshift-git.password',
            host: 'bitbucket.org',
            line: 22,
            uses: ['git-fetch by Secret/openshift-git.password'],
            username: 'acme-ci',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'base64' },
          },
        ],
      },
      {
        name: 'a list in JSON: by the name, and by the token',
        tree: load('by-name'),
        path: 'list.json',
        places: [
          {
            address: 'Secret/bitbucket-credentials.password',
            host: 'bitbucket.org',
            line: 12,
            uses: ['git-fetch by Secret/bitbucket-credentials.password? only its name says what it is for'],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'base64' },
          },
          {
            address: 'Secret/builder.token',
            host: 'bitbucket.org',
            line: 19,
            uses: ['git-fetch by Secret/builder.token? only its name says what it is for'],
            username: 'x-token-auth',
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'base64' },
          },
        ],
      },
      {
        name: 'a generator of Kustomize',
        tree: load('kustomize'),
        path: 'kustomization.yaml',
        places: [
          {
            address: 'Secret/bitbucket-auth.password',
            host: 'bitbucket.org',
            line: 8,
            uses: ['git-fetch by Secret/bitbucket-auth.password? only its name says what it is for'],
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a resource of Terraform',
        tree: load('terraform'),
        path: 'secret.tf',
        places: [
          {
            address: 'Secret/bitbucket-git.password',
            host: 'bitbucket.org',
            line: 9,
            uses: ['git-fetch by Secret/bitbucket-git.password? only its name says what it is for'],
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a command, beside a hook',
        tree: load('kubectl'),
        path: 'setup.sh',
        places: [
          {
            address: 'kubectl--n-ci-create-secret-generic-bitbucket-auth.--from-literal=password',
            host: 'bitbucket.org',
            line: 5,
            uses: [
              'git-fetch by kubectl--n-ci-create-secret-generic-bitbucket-auth.--from-literal=password? only its name says what it is for',
            ],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a manifest in a script',
        tree: load('heredoc'),
        path: 'install.sh',
        places: [
          {
            address: 'Secret/bitbucket-auth.password',
            host: 'bitbucket.org',
            line: 9,
            uses: ['git-fetch by Secret/bitbucket-auth.password? only its name says what it is for'],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a template of a chart',
        tree: load('helm'),
        path: 'templates/secret.yaml',
        places: [
          {
            address: 'Secret/bitbucket-{{%20.Release.Name%20}}.password',
            host: 'bitbucket.org',
            line: 9,
            uses: ['git-fetch by Secret/bitbucket-{{ .Release.Name }}.password? only its name says what it is for'],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'base64' },
          },
        ],
      },
      {
        name: 'other secrets, references and ciphertext',
        tree: load('ok.others'),
        path: 'secrets.yaml',
        places: [],
        unread: ['undecryptable'],
      },
    ],
  })
})
