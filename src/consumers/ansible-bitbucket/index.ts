import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

const MODULES = ['access_key', 'pipeline_key_pair', 'pipeline_known_host', 'pipeline_variable'].flatMap((name) => [
  `community.general.bitbucket_${name}`,
  `bitbucket_${name}`,
])

export const consumer: Consumer = {
  id: 'ansible-bitbucket',
  title: 'Ansible modules for Bitbucket',
  detector: fieldDetector({
    consumer: 'ansible-bitbucket',
    keywords: ['bitbucket_'],
    // In tasks and in `module_defaults`.
    fields: MODULES.map((name) => ({
      secret: `**/${name}/password`,
      username: [`**/${name}/user`, `**/${name}/username`],
      operations: ['rest'],
    })),
  }),
}
