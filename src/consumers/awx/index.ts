import { decodeUtf8 } from '../../formats/byte-text.ts'
import type { Consumer } from '../../model/consumer.ts'
import { type DocumentReader, fieldDetector, foundAt } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { matchKeys } from '../key-pattern.ts'

/** The modules, and the lists of the collections that configure a controller. */
const HOLDERS = [
  'awx.awx.credential',
  'ansible.controller.credential',
  'tower_credential',
  'controller_credentials/*',
  'awx_credentials/*',
]

/** A credential for source control says nowhere for which host: its name does. */
const inCredentials: DocumentReader = (each, { seal }) => {
  const { fieldAt } = indexOf(each)
  return each.fields.flatMap((field) => {
    const isMeant = HOLDERS.some((holder) => matchKeys(`**/${holder}/inputs/password`, field.keys) !== undefined)
    const inputs = field.keys.slice(0, -1)
    const name = isMeant ? fieldAt([...inputs.slice(0, -1), 'name'], field) : undefined
    if (name === undefined || !/bitbucket(?!.*server)/i.test(decodeUtf8(name.value.text))) return []
    const username = fieldAt([...inputs, 'username'], field)
    return foundAt({ operations: ['git-fetch'] }, field, username?.value, { host: 'bitbucket.org' }, seal)
  })
}

export const consumer: Consumer = {
  id: 'awx',
  title: 'AWX and Automation Controller',
  detector: fieldDetector({ consumer: 'awx', keywords: ['credential'], more: [inCredentials] }),
}
