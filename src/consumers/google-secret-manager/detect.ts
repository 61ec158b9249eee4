import { decodedText, type Field } from '../../formats/field.ts'
import { type DocumentReader, type Found, foundAt } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { isOfOthers, namesBitbucket, namesUser, nameWords } from '../name-words.ts'
import { tailOf } from '../variables.ts'

const READING = { form: 'pair or secret', operations: ['git-fetch', 'rest'], isGuess: true } as const
const NAME = /^projects\/[^/]+\/secrets\/([\w-]+)\/versions\/\w+$/

/** What `gcloud secrets versions access --format=json` prints: `name`, and `payload.data` in base64; `secret_data` of Terraform. */
export const inVersions: DocumentReader = (each, { seal }) =>
  each.fields.flatMap((field): readonly Found[] => {
    const { keys, value } = field
    const inReply = keys.at(-1) === 'data' && keys.at(-2) === 'payload'
    const name = inReply ? nameBeside(indexOf(each).fieldAt([...keys.slice(0, -2), 'name'], field)) : versionOf(keys)
    if (name === undefined || !isOfBitbucket(name)) return []
    const text = inReply && value.within === undefined ? decodedText(value) : value
    return foundAt(
      READING,
      { keys: inReply ? [name, 'payload'] : [name], value: text },
      undefined,
      { host: 'bitbucket.org' },
      seal,
    )
  })

function nameBeside(field: Field | undefined): string | undefined {
  return NAME.exec(field?.value.text ?? '')?.[1]
}

/** `echo -n secret | gcloud secrets create NAME --data-file=-` */
const PIPED =
  /\b(?:echo|printf)(?:[ \t]+-[neE]+|[ \t]+["']?%s["']?)?[ \t]+(["']?)([^\s"'|]{6,4096})\1[ \t]*\|[ \t]*(?:\\\r?\n[ \t]*)?gcloud[ \t]+(?:beta[ \t]+)?secrets[ \t]+(?:create|versions[ \t]+add)[ \t]+["']?([\w-]{1,255})/g

export const inPiped: DocumentReader = (each, { seal }) => {
  if (!each.text.includes('gcloud')) return []
  const texts = [...each.fields.map(({ value }) => value), each.whole]
  return texts.flatMap((text) =>
    [...text.text.matchAll(PIPED)].flatMap(({ 0: match, 1: quote = '', 2: secret = '', 3: name = '', index }) => {
      if (!isOfBitbucket(name)) return []
      const from = index + match.indexOf(`${quote}${secret}${quote}`) + quote.length
      const value = tailOf(text, from, from + secret.length)
      return foundAt(READING, { keys: [name], value }, undefined, { host: 'bitbucket.org' }, seal)
    }),
  )
}

/** The resource of Terraform has no name of its own but the one in the code. */
function versionOf(keys: readonly string[]): string | undefined {
  const [kind, type, name, argument] = keys.slice(-4)
  return kind === 'resource' && type === 'google_secret_manager_secret_version' && argument === 'secret_data'
    ? name
    : undefined
}

function isOfBitbucket(name: string): boolean {
  return namesBitbucket(name) === 'certain' && !isOfOthers(nameWords(name)) && !namesUser(name)
}
