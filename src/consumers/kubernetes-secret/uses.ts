import { decodeUtf8 } from '../../formats/byte-text.ts'
import { tokenTextsIn } from '../../model/token-text.ts'
import { type DocumentReader, type Found, type Whom, whomOf } from '../field-detector.ts'
import { wholeOf } from '../field-place.ts'
import { entriesOf, type KubernetesObject, kubernetesObjects } from '../kubernetes-objects.ts'
import { objectsOfKind, type SecretUse } from '../kubernetes-secrets.ts'
import { isOfOthers, namesBitbucket, namesUser, nameWords, secretNameOf } from '../name-words.ts'

/** `tekton.dev/git-0: https://bitbucket.org`, `build.openshift.io/source-secret-match-uri-1: https://bitbucket.org/*`. */
const ANNOTATION = /^(?:tekton\.dev\/git-\d+|build\.openshift\.io\/source-secret-match-uri-\d+)$/

/** Bitnami Sealed Secrets: what `kubeseal` encrypted for one cluster (github.com/bitnami-labs/sealed-secrets). The same names tell whose it is. */
export const inSealedSecrets: DocumentReader = (each) =>
  objectsOfKind(kubernetesObjects(each), /^bitnami\.com$/, 'SealedSecret').flatMap((sealed) => {
    const whom = annotatedWhom(sealed, 'spec', 'template') ?? namedWhom(sealed)
    if (whom === undefined) return []
    const entries = sealed
      .below('spec', 'encryptedData')
      .filter(({ keys }) => secretNameOf(keys.at(-1) ?? '') === 'strong')
    return entries.map(
      ({ keys, value }): Found => ({
        keys: [`SealedSecret/${sealed.name}`, keys.at(-1) ?? ''],
        host: whom.host,
        pieces: { secret: wholeOf(value) },
        confidence: { level: 'certain', reason: 'the name of the Secret' },
        uses: [],
        sealed: 'only its cluster opens it; make the Secret anew with the new token, and seal it with kubeseal',
      }),
    )
  })

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

function annotatedWhom(secret: KubernetesObject, ...within: readonly string[]): Whom | undefined {
  const fields = secret
    .below(...within, 'metadata', 'annotations')
    .filter(({ keys }) => ANNOTATION.test(keys.at(-1) ?? ''))
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
