import type { StoredText } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import type { Repository } from '../../model/use.ts'
import { repositoryOf } from '../bitbucket-hosts.ts'
import { fieldsOf } from '../document-fields.ts'
import type { DocumentReader, Found } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { decodedPiece, type Piece } from '../field-place.ts'
import { secretConfidence } from '../secret-text.ts'
import { tailOf } from '../variables.ts'

/** A dot is written `__`, a dash `___`, all in upper case (bundler, settings.rb, key_for); a key may be the host, its URL, or that of one repository. */
const NAME = /^BUNDLE_(?:(?:(API|WWW)__)?BITBUCKET__ORG|HTTPS:\/\/(?:(API|WWW)__)?BITBUCKET__ORG(\/[^\s?#]*)?)\/?$/i

/** Variables, `.bundle/config`, build arguments: `BUNDLE_BITBUCKET__ORG`. */
export const inBundlerVariables: DocumentReader = (each, document) => {
  const { variables } = indexOf(each)
  const named = [...variables, ...each.fields.map(({ keys, value }) => ({ name: keys.at(-1) ?? '', keys, value }))]
  return named.flatMap(({ name, value }) => {
    const match = NAME.exec(name)
    if (match === null) return []
    const subdomain = (match[1] ?? match[2])?.toLowerCase()
    const host = `${subdomain === undefined ? '' : `${subdomain}.`}bitbucket.org`
    return foundIn(value, name, host, document, repositoryOf(pathOf(match[3] ?? '')))
  })
}

/** Bitbucket writes the names of repositories in lower case. */
function pathOf(key: string): string {
  return key.replaceAll('___', '-').replaceAll('__', '.').replace(/\/$/, '').toLowerCase()
}

const COMMAND =
  /\bbundle(?:r)?[ \t]+config(?:[ \t]+(?:set|--\w+))*[ \t]+(?:https:\/\/)?((?:api\.|www\.)?bitbucket\.org)\/?[ \t]+(["']?)([^\s"']{3,4096})\2/g

/** `bundle config set --global bitbucket.org user:secret`, in scripts and steps. */
export const inBundlerConfig: DocumentReader = (each, document) => {
  const texts = [...each.fields.map(({ value }) => value), ...(each === fieldsOf(document) ? [each.whole] : [])]
  return texts.flatMap((text) =>
    [...text.text.matchAll(COMMAND)].flatMap(({ index, 0: match, 1: host = '', 2: quote = '', 3: pair = '' }) => {
      const end = index + match.length - quote.length
      return foundIn(tailOf(text, end - pair.length, end), 'bundle-config', host, document)
    }),
  )
}

/** Bundler puts the value in front of the host as it stands, so it is written as in a URL. */
function foundIn(
  value: StoredText,
  name: string,
  host: string,
  { seal }: Document,
  repository?: Repository,
): readonly Found[] {
  const colon = value.text.indexOf(':')
  if (colon <= 0) return []
  const written = value.text.includes('%') ? 'percent' : 'plain'
  const piece = (from: number, to: number): Piece => ({ text: value, from, to, written })
  const pieces = { username: piece(0, colon), secret: piece(colon + 1, value.text.length) }
  const where = { level: 'certain', reason: 'the name of the host' } as const
  const confidence = secretConfidence(decodedPiece(pieces.secret), seal, where)
  if (confidence === undefined) return []
  return [
    {
      keys: [name],
      host,
      pieces,
      confidence,
      uses: [
        {
          operation: host.startsWith('api.') ? 'rest' : 'git-fetch',
          by: name,
          ...(repository === undefined ? {} : { repository }),
        },
      ],
    },
  ]
}
