import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

/** By a command a line. */
const written = (secret: string, between: string): string =>
  [
    `echo "machine bitbucket.org" > ~/.netrc`,
    `echo '  login alice' >> ~/.netrc`,
    `echo "  password ${secret}" >> ~/.netrc`,
  ].join(between)

describe('a netrc that a script writes', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'echo and printf in a Dockerfile',
        tree: load('dockerfile'),
        path: 'Dockerfile',
        places: [
          {
            address: 'machine/bitbucket.org',
            host: 'bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'machine/api.bitbucket.org',
            host: 'api.bitbucket.org',
            line: 4,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'base64 in a command',
        tree: load('encoded'),
        path: 'go.yml',
        places: [
          {
            address: 'machine/bitbucket.org',
            host: 'bitbucket.org',
            line: 4,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'base64' },
          },
        ],
      },
      {
        name: 'a here-document',
        tree: load('heredoc'),
        path: 'setup.sh',
        places: [
          {
            address: 'machine/bitbucket.org',
            host: 'bitbucket.org',
            line: 5,
            username: 'x-token-auth',
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a string literal',
        tree: load('program'),
        path: 'write.py',
        places: [
          {
            address: 'machine/bitbucket.org',
            host: 'bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a step of a pipeline, over several lines',
        tree: load('step'),
        path: 'build.yml',
        places: [
          {
            address: 'machine/bitbucket.org',
            host: 'bitbucket.org',
            line: 7,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      ...[
        ['commands one after another', 'a.sh', '%', '\n'],
        ['commands of one line', 'Dockerfile', 'RUN %', ' && \\\n  '],
        ['steps of a pipeline', 'bitbucket-pipelines.yml', 'script:\n  - %', '\n  - '],
      ].map(([name = '', path = '', frame = '', between = '']) => ({
        name,
        path,
        tree: new Map([[path, Buffer.from(`${frame.replace('%', written(values.SHORT, between))}\n`)]]),
        places: [
          {
            address: 'machine/bitbucket.org',
            host: 'bitbucket.org',
            line: { 'a.sh': 3, Dockerfile: 3 }[path] ?? 4,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password' as const, encoding: 'plain' as const },
          },
        ],
      })),
      {
        // Each quote could end one command or begin the next: more ways to read them than can be tried.
        name: 'commands without end behind the name of the host',
        path: 'a.sh',
        tree: new Map([['a.sh', Buffer.from(`echo "machine bitbucket.org${' ; echo  "'.repeat(40)}\n`)]]),
        places: [],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'Dockerfile', places: [] },
    ],
  })
})
