import { decodeUtf8 } from '../../formats/byte-text.ts'
import { tokenTextsIn } from '../../model/token-text.ts'
import { type Whom, whomOf } from '../field-detector.ts'
import { entriesOf, type KubernetesObject } from '../kubernetes-objects.ts'
import type { SecretUse } from '../kubernetes-secrets.ts'
import { isOfOthers, namesBitbucket, namesUser, nameWords, secretNameOf } from '../name-words.ts'

/** `tekton.dev/git-0: https://bitbucket.org`, `build.openshift.io/source-secret-match-uri-1: https://bitbucket.org/*`. */
const ANNOTATION = /^(?:tekton\.dev\/git-\d+|build\.openshift\.io\/source-secret-match-uri-\d+)$/

/** An annotation or the name of the Secret tells whose it is, or the token itself. */
export function usesOf(secret: KubernetesObject): readonly SecretUse[] {
  const annotated = annotatedWhom(secret)
  const whom = annotated ?? namedWhom(secret)
  const entries = entriesOf(secret)
  const username = entries.find(({ key }) => namesUser(key))?.key
  return entries.flatMap(({ key, value }): readonly SecretUse[] => {
    const isNamed = whom !== undefined && secretNameOf(key) === 'strong'
    if (!isNamed && !(secretNameOf(key) !== undefined && isOwnToken(decodeUtf8(value.text), secret))) return []
    const use: SecretUse = {
      whom: whom ?? { host: 'bitbucket.org' },
      secret: key,
      operations: ['git-fetch'],
      isGuess: annotated === undefined,
    }
    return [username === undefined ? use : { ...use, username }]
  })
}

function annotatedWhom(secret: KubernetesObject): Whom | undefined {
  const fields = secret.below('metadata', 'annotations').filter(({ keys }) => ANNOTATION.test(keys.at(-1) ?? ''))
  return fields.flatMap(
    ({ value }) =>
      whomOf(
        decodeUtf8(value.text)
          .replace(/^\*(?=:)/, 'https')
          .replace(/\/\*$/, ''),
      ) ?? [],
  )[0]
}

function namedWhom({ name: written }: KubernetesObject): Whom | undefined {
  // `bitbucket-{{ .Release.Name }}`
  const name = written.replace(/\{\{[^{}]*\}\}/g, '')
  return namesBitbucket(name) === 'certain' && !isOfOthers(nameWords(name)) ? { host: 'bitbucket.org' } : undefined
}

/** Jira and Confluence take tokens of the same prefix. */
function isOwnToken(text: string, { name }: KubernetesObject): boolean {
  const [token] = tokenTextsIn(Buffer.from(text, 'latin1'))
  if (token === undefined || token.text !== text) return false
  return !text.startsWith('ATATT3') || !/jira|confluence|atlassian/i.test(name)
}
