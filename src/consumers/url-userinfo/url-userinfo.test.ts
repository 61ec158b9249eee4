import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues } from '../../../test/contract/fixtures.ts'
import { urlUserinfoDetector } from './detect.ts'

const { OLD, NEW, ACCESS, SHORT } = fixtureValues()
const file = (path: string, text: string) => ({ path, tree: new Map([[path, Buffer.from(text)]]) })

describe('a URL in a file', () => {
  detectorContract({
    detector: urlUserinfoDetector,
    cases: [
      {
        name: 'in a manifest and in its JSON escapes',
        ...file('package.json', `{"dependencies":{"x":"git+https:\\/\\/alice:${OLD}@bitbucket.org/acme/x.git#v1"}}`),
        places: [
          {
            address: 'dependencies.x',
            host: 'bitbucket.org',
            line: 1,
            username: 'alice',
            secret: { text: OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'percent-encoded in lower case, and a token alone',
        ...file(
          'notes.md',
          `https://x-bitbucket-api-token-auth:${NEW.replace('=', '%3d')}@bitbucket.org/acme/app.git\nhttps://${ACCESS.replace('=', '%3D')}@bitbucket.org/acme/app.git\n`,
        ),
        places: [
          {
            address: 'text',
            host: 'bitbucket.org',
            line: 1,
            username: 'x-bitbucket-api-token-auth',
            secret: { text: NEW, kind: 'api-token', encoding: 'percent' },
          },
          {
            address: 'text#2',
            host: 'bitbucket.org',
            line: 2,
            secret: { text: ACCESS, kind: 'access-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'the address of git LFS',
        ...file('lfs.txt', `https://alice:${OLD}@bitbucket.org/acme/app.git/info/lfs\n`),
        places: [
          {
            address: 'text',
            host: 'bitbucket.org',
            line: 1,
            username: 'alice',
            uses: ['git-fetch acme/app by text'],
            secret: { text: OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      ...['$1', '$REPO', '${REPO}', '%s', '{repo}', '<repo>'].map((name) => ({
        name: `a repository that a variable names: ${name}`,
        ...file('clone.sh', `git clone "https://alice:${OLD}@bitbucket.org/acme/${name}.git"\n`),
        places: [
          {
            address: 'text',
            host: 'bitbucket.org',
            line: 1,
            username: 'alice',
            uses: ['git-fetch by text'],
            secret: { text: OLD, kind: 'app-password' as const, encoding: 'percent' as const },
          },
        ],
      })),
      {
        name: 'other hosts, references, a username alone',
        ...file(
          'ok.md',
          `https://alice:${SHORT}@github.com/a/b https://\${U}:\${P}@bitbucket.org/a/b https://alice@bitbucket.org/a/b https://user:app_password@bitbucket.org/a/b\nhttps://alice:${SHORT}@bitbucket.org.evil.example/a/b\n`,
        ),
        places: [],
      },
    ],
  })
})
