import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Azure Container Registry tasks', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a command',
        tree: load('script'),
        path: 'task.sh',
        places: [
          {
            address: 'az-acr-task-create.--git-access-token',
            host: 'bitbucket.org',
            line: 6,
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a template of Azure Resource Manager',
        tree: load('template'),
        path: 'task.json',
        places: [
          {
            address: 'resources.0.properties.step.contextAccessToken',
            host: 'bitbucket.org',
            line: 10,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Terraform, a token alone',
        tree: load('terraform'),
        path: 'task.tf',
        places: [
          {
            address: 'resource.azurerm_container_registry_task.web.docker_step.context_access_token',
            host: 'bitbucket.org',
            line: 6,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'another host, and a reference',
        tree: load('ok.other-host'),
        path: 'task.sh',
        places: [],
      },
    ],
  })
})
