import type { Consumer } from '../../model/consumer.ts'
import { type DocumentReader, fieldDetector } from '../field-detector.ts'
import { inUrlFields } from '../url-fields.ts'
import { inTemplates } from './detect.ts'

const MODULES = ['ansible.builtin.git', 'ansible.legacy.git', 'git']

// `git: repo=https://… dest=…` on one line, too.
const inModules = inUrlFields(MODULES.flatMap((name) => [`**/${name}/repo`, `**/${name}/name`, `**/${name}`]))
/** Tasks are items of lists in YAML; `git` is a key of manifests of many package managers as well. */
const inTasks: DocumentReader = (each, document) =>
  each.format === 'yaml' ? inModules(each, document).filter(({ keys }) => keys.some((key) => /^\d+$/.test(key))) : []

export const consumer: Consumer = {
  id: 'ansible-git',
  title: 'Ansible module git',
  detector: fieldDetector({
    consumer: 'ansible-git',
    keywords: ['bitbucket.org'],
    more: [inTasks, inTemplates],
  }),
}
