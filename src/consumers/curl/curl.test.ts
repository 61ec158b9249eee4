import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues } from '../../../test/contract/fixtures.ts'
import { curlDetector } from './detect.ts'

const { OLD, NEW, SHORT } = fixtureValues()
const file = (path: string, text: string) => ({ path, tree: new Map([[path, Buffer.from(text)]]) })

describe('curl', () => {
  detectorContract({
    detector: curlDetector,
    cases: [
      {
        name: 'a script that asks REST',
        ...file('upload.sh', `curl -s -u alice:${OLD} \\\n  https://api.bitbucket.org/2.0/user\n`),
        places: [
          {
            address: 'curl',
            host: 'api.bitbucket.org',
            line: 1,
            uses: ['rest read by curl'],
            username: 'alice',
            secret: { text: OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a step of a pipeline, quoted',
        ...file('ci.yml', `steps:\n  - run: curl --user "a@example.com:${NEW}" https://api.bitbucket.org/2.0/user\n`),
        places: [
          {
            address: 'steps.0.run',
            host: 'api.bitbucket.org',
            line: 2,
            uses: ['rest read by steps.0.run'],
            username: 'a@example.com',
            secret: { text: NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a request that deletes, of a repository that its address names',
        ...file(
          'hooks.sh',
          `curl -X DELETE -u alice:${OLD} \\\n  "https://api.bitbucket.org/2.0/repositories/acme/app/hooks/$1"\n`,
        ),
        places: [
          {
            address: 'curl',
            host: 'api.bitbucket.org',
            line: 1,
            uses: ['rest delete acme/app by curl'],
            username: 'alice',
            secret: { text: OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      ...[`alice:"${SHORT}"`, `alice:'${SHORT}'`, `"alice":"${SHORT}"`, `"alice:"'${SHORT}'`].map((pair) => ({
        name: `parts in quotes of their own: ${pair.replaceAll(SHORT, 'secret')}`,
        ...file('ask.sh', `curl -u ${pair} https://api.bitbucket.org/2.0/user\n`),
        places: [
          {
            address: 'curl',
            host: 'api.bitbucket.org',
            line: 1,
            uses: ['rest read by curl'],
            username: 'alice',
            secret: { text: SHORT, kind: 'app-password' as const, encoding: 'plain' as const },
          },
        ],
      })),
      {
        name: 'wget, which has name and password apart',
        ...file(
          'get.sh',
          `wget -q --http-user=alice --http-password="${OLD}" \\\n  https://bitbucket.org/acme/app/get/main.zip\nwget --password '${OLD}' --user alice https://api.bitbucket.org/2.0/repositories/acme/app/src\nwget --user=alice --password=${OLD} https://example.org/\n`,
        ),
        places: [
          {
            address: 'wget.--http-password',
            host: 'bitbucket.org',
            line: 1,
            uses: ['web acme/app by wget.--http-password'],
            username: 'alice',
            secret: { text: OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'wget.--password',
            host: 'api.bitbucket.org',
            line: 3,
            uses: ['rest acme/app by wget.--password'],
            username: 'alice',
            secret: { text: OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'another host, and references',
        ...file(
          'other.sh',
          `curl -u alice:${SHORT} https://api.github.com/user\ncurl -u "$U:$P" https://api.bitbucket.org/2.0/user\n`,
        ),
        places: [],
      },
      {
        name: 'key and secret of an OAuth consumer',
        ...file(
          'oauth.sh',
          `curl -u ${SHORT.slice(0, 18)}:${SHORT}${SHORT.slice(0, 12)} https://bitbucket.org/site/oauth2/access_token\n`,
        ),
        places: [],
      },
    ],
  })
})
