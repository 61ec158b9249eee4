import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Bitbucket pull request builder (Jenkins)', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'the trigger in a job',
        tree: load('trigger'),
        path: 'jobs/app-pr.xml',
        places: [
          {
            address:
              'project.triggers.bitbucketpullrequestbuilder.bitbucketpullrequestbuilder.BitbucketBuildTrigger.password',
            host: 'api.bitbucket.org',
            line: 7,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'no login in the trigger', tree: load('ok.empty'), path: 'jobs/app-pr.xml', places: [] },
    ],
  })
})
