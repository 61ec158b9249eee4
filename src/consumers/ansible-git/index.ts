import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inUrlFields } from '../url-fields.ts'
import { inTemplates } from './detect.ts'

const MODULES = ['ansible.builtin.git', 'ansible.legacy.git', 'git']

export const consumer: Consumer = {
  id: 'ansible-git',
  title: 'Ansible module git',
  detector: fieldDetector({
    consumer: 'ansible-git',
    keywords: ['bitbucket.org'],
    more: [
      // `git: repo=https://… dest=…` on one line, too.
      inUrlFields(MODULES.flatMap((name) => [`**/${name}/repo`, `**/${name}/name`, `**/${name}`])),
      inTemplates,
    ],
  }),
}
