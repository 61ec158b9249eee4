import type { Consumer } from '../../model/consumer.ts'
import type { DocumentReader } from '../field-detector.ts'
import { fieldDetector, foundAt } from '../field-detector.ts'
import { recordOf } from '../record-fields.ts'

/** The trigger keeps its login in the job itself (bitbucket-pullrequest-builder-plugin, BitbucketBuildTrigger.java). */
const inTrigger: DocumentReader = (each, { seal }) =>
  each.fields.flatMap((field, at) => {
    const [trigger = '', name] = field.keys.slice(-2)
    if (name !== 'password' || !/bitbucketpullrequestbuilder\..*BitbucketBuildTrigger$/.test(trigger)) return []
    const user = recordOf(each.fields, at).get('username')
    return foundAt({ operations: ['rest'] }, field, user?.value, { host: 'api.bitbucket.org' }, seal)
  })

export const consumer: Consumer = {
  id: 'bitbucket-pullrequest-builder',
  title: 'Bitbucket pull request builder (Jenkins)',
  detector: fieldDetector({
    consumer: 'bitbucket-pullrequest-builder',
    keywords: ['BitbucketBuildTrigger'],
    more: [inTrigger],
  }),
}
