import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Ansible module git', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a URL, a URL on one line, and variables that make up a URL',
        tree: load('playbook'),
        path: 'deploy.yml',
        places: [
          {
            address: '0.tasks.1.git.repo',
            host: 'bitbucket.org',
            line: 12,
            uses: ['git-fetch acme/theme by 0.tasks.1.git.repo'],
            username: 'acme-ci',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: '0.tasks.2.git',
            host: 'bitbucket.org',
            line: 15,
            uses: ['git-fetch acme/docs by 0.tasks.2.git'],
            username: 'acme-docs',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
          {
            address: '0.vars.deploy_secret',
            host: 'bitbucket.org',
            line: 4,
            uses: ['git-fetch acme/web by 0.vars.deploy_secret'],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      ...[
        ['Podfile', `pod 'App', :git => 'https://alice:${values.OLD}@bitbucket.org/acme/app.git'\n`],
        ['Cargo.toml', `[dependencies]\napp = { git = "https://alice:${values.OLD}@bitbucket.org/acme/app.git" }\n`],
        ['pubspec.yaml', `dependencies:\n  app:\n    git: https://alice:${values.OLD}@bitbucket.org/acme/app.git\n`],
      ].map(([path = '', text = '']) => ({
        name: `the key git of a package manager: ${path}`,
        tree: new Map([[path, Buffer.from(text)]]),
        path,
        places: [],
      })),
      {
        name: 'another host, and a value of the vault',
        tree: load('ok.others'),
        path: 'deploy.yml',
        places: [],
      },
    ],
  })
})
