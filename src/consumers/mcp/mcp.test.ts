import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('MCP servers', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'two servers beside another',
        tree: load('servers'),
        path: '.mcp.json',
        places: [
          {
            address: 'mcpServers.bitbucket.env.BITBUCKET_PASSWORD',
            host: 'api.bitbucket.org',
            line: 13,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'mcpServers.code.env.ATLASSIAN_API_TOKEN',
            host: 'api.bitbucket.org',
            line: 19,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: '~/.mcp/configs.json',
        tree: load('configs'),
        path: '.mcp/configs.json',
        places: [
          {
            address: '@aashari/mcp-server-atlassian-bitbucket.environments.ATLASSIAN_BITBUCKET_APP_PASSWORD',
            host: 'api.bitbucket.org',
            line: 8,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'bitbucket.environments.ATLASSIAN_API_TOKEN',
            host: 'api.bitbucket.org',
            line: 12,
            username: 'bob@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the configuration of Codex',
        tree: load('codex'),
        path: 'config.toml',
        places: [
          {
            address: 'mcp_servers.bitbucket.env.BITBUCKET_TOKEN',
            host: 'api.bitbucket.org',
            line: 8,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the configuration of VS Code',
        tree: load('vs-code'),
        path: '.vscode/mcp.json',
        places: [
          {
            address: 'servers.bb.env.BITBUCKET_API_TOKEN',
            host: 'api.bitbucket.org',
            line: 7,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the configuration of OpenCode',
        tree: load('opencode'),
        path: 'opencode.json',
        places: [
          {
            address: 'mcp.bitbucket.environment.BITBUCKET_APP_PASSWORD',
            host: 'api.bitbucket.org',
            line: 6,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'a token of Jira, Bitbucket Server, a prompt', tree: load('ok.others'), path: '.mcp.json', places: [] },
    ],
  })
})
