import type { Field } from '../formats/field.ts'
import type { Detector, Document } from '../model/consumer.ts'
import { isRestHost } from './bitbucket-hosts.ts'
import { inCommands } from './command-options.ts'
import { type FieldDocument, fieldsOf } from './document-fields.ts'
import {
  type DocumentReader,
  type FieldDetectorParts,
  type Found,
  fieldDetector,
  foundAt,
  whomOf,
} from './field-detector.ts'
import { indexOf } from './field-index.ts'
import { namesUser, secretNameOf } from './name-words.ts'
import { inHeaders } from './pipeline-headers.ts'
import { stepsOf } from './pipeline-steps.ts'
import { inPipelineVariables } from './pipeline-variables.ts'
import { foundAtUrl, urlCredentialsIn } from './url-credentials.ts'

export interface PipelineParts extends Omit<FieldDetectorParts, 'keywords' | 'files'> {
  readonly files: RegExp
  /** The key around the inputs of a step: `with` of GitHub Actions. */
  readonly inputs?: RegExp
}

/**
 * A detector for the files of a CI system, whose steps run anything: URLs with a login, variables that name Bitbucket, `curl -u`,
 * headers, and inputs of steps. The consumer that a step feeds knows more of its own variables, so that one comes first. Rules of its own hold in
 * other files too.
 */
export function pipelineDetector({ inputs, files, more, ...parts }: PipelineParts): Detector {
  const readers = [inUrls, inPipelineVariables, inCurl, inHeaders, ...(inputs === undefined ? [] : [inInputs(inputs)])]
  const inFiles = readers.map(
    (read): DocumentReader =>
      (each, document) =>
        files.test(document.path) ? read(each, document).map((found): Found => ({ ...found, isOfStep: true })) : [],
  )
  const hasRules = (parts.fields ?? parts.variables ?? more) !== undefined
  const detector = fieldDetector({
    ...parts,
    ...(hasRules ? {} : { files }),
    keywords: ['bitbucket', 'Bitbucket', 'BITBUCKET', 'BB_'],
    more: [...(more ?? []), ...inFiles],
  })
  return { ...detector, breadth: 'own names' }
}

const inCurl = inCommands([{ command: /\bcurl\b/g, secret: ['-u', '--user'], form: 'pair', operations: ['rest'] }])

/** Values first, where escapes are resolved; then the whole, for what is no value. */
function inUrls(each: FieldDocument, document: Document): readonly Found[] {
  const whole: Field = { keys: ['text'], value: each.whole, extent: [0, each.text.length] }
  const fields = each === fieldsOf(document) ? [...each.fields, whole] : each.fields
  return fields.filter(({ value }) => value.text.includes('@')).flatMap((field) => inField(field, document))
}

/** What git does with it, the commands tell. */
function inField({ keys, value }: Field, document: Document): readonly Found[] {
  return urlCredentialsIn(value, document)
    .filter(({ pieces }) => pieces.username !== undefined)
    .map((credential) => {
      const { operation, at } = credential
      const isGit = operation === 'git-fetch'
      return foundAtUrl(keys, credential, isGit ? stepsOf(fieldsOf(document)).gitAt(value.text, at) : [operation])
    })
}

/** A secret among the inputs of a step, one of which is a URL of Bitbucket. */
function inInputs(around: RegExp): DocumentReader {
  return (each, document) =>
    each.fields.flatMap((field) => {
      if (!around.test(field.keys.at(-2) ?? '') || secretNameOf(field.keys.at(-1) ?? '') !== 'strong') return []
      const beside = indexOf(each).siblingsOf(field.keys, field)
      const whom = beside.flatMap(({ value }) =>
        value.text.includes('bitbucket') ? (whomOf(value.text) ?? []) : [],
      )[0]
      if (whom === undefined) return []
      const user = beside.find(({ keys }) => namesUser(keys.at(-1) ?? ''))
      return foundAt(
        { operations: isRestHost(whom.host) ? ['rest'] : ['git-fetch'] },
        field,
        user?.value,
        whom,
        document.seal,
      )
    })
}
