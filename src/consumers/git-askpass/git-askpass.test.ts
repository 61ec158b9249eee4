import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('git askpass and credential helper scripts', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'credentials handed to git credential',
        tree: load('approve'),
        path: 'scripts/login.sh',
        places: [
          {
            address: 'credential',
            host: 'bitbucket.org',
            line: 7,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'credential#2',
            host: 'bitbucket.org',
            line: 9,
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'credential#3',
            host: 'bitbucket.org',
            line: 10,
            username: 'carol',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'commands in a script',
        tree: load('command'),
        path: 'ci/clone.yml',
        places: [
          {
            address: 'credential',
            host: 'bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a script written by a Dockerfile',
        tree: load('dockerfile'),
        path: 'Dockerfile',
        places: [
          {
            address: 'answer',
            host: 'bitbucket.org',
            line: 2,
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the other answer behind an else',
        tree: load('else'),
        path: 'bitbucket-askpass',
        places: [
          {
            address: 'answer',
            host: 'bitbucket.org',
            line: 5,
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a helper inside git config',
        tree: load('helper'),
        path: '.gitconfig',
        places: [
          {
            address: 'credential',
            host: 'bitbucket.org',
            line: 4,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a script with one answer',
        tree: load('one-answer'),
        path: 'deploy/askpass.sh',
        places: [
          {
            address: 'answer',
            host: 'bitbucket.org',
            line: 3,
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a program',
        tree: load('program'),
        path: 'login.py',
        places: [
          {
            address: 'credential',
            host: 'bitbucket.org',
            line: 2,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'answers by prompt',
        tree: load('prompts'),
        path: 'bin/git-askpass.sh',
        places: [
          {
            address: 'answer',
            host: 'bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: 'bin/git-askpass.sh',
        places: [],
      },
      ...['ini', 'properties', 'env', 'sh'].map((ending) => ({
        name: `others: lines of such names in a file that ends in ${ending}`,
        path: `mirror.${ending}`,
        tree: new Map([
          [
            `mirror.${ending}`,
            Buffer.from(
              `host=api.bitbucket.org\nusername=alice\npassword=${values.OLD}\n`.replace(
                /^/,
                ending === 'ini' ? '[bitbucket]\n' : '',
              ),
            ),
          ],
        ]),
        places: [],
      })),
    ],
  })
})
