import type { StoredText } from '../../formats/field.ts'
import type { DocumentReader, Found } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { decodedPiece, type Piece } from '../field-place.ts'
import { secretConfidence } from '../secret-text.ts'

/** Names that nothing else reads. */
const OWN: ReadonlySet<string> = new Set(['BB_TOKEN_BASIC_AUTH', 'BITBUCKET_TOKEN_BASIC_AUTH'])

/** Variables that hold the userinfo of a URL: `user:secret`, percent-encoded. */
export const inCredentialVariables: DocumentReader = (each, { seal }) =>
  indexOf(each).variables.flatMap(({ name, keys, value }): readonly Found[] => {
    // Of the form for any host, the document has to say that it is Bitbucket's.
    const isOwn = OWN.has(name) || (name === 'GIT_CREDENTIALS' && /bitbucket/i.test(each.text))
    const colon = value.text.indexOf(':')
    if (!isOwn || colon <= 0) return []
    const where = { level: OWN.has(name) ? 'certain' : 'likely', reason: 'the name of the variable' } as const
    const piece = (from: number, to: number): Piece => ({ text: value, from, to, written: writtenIn(value) })
    const pieces = { username: piece(0, colon), secret: piece(colon + 1, value.text.length) }
    const confidence = secretConfidence(decodedPiece(pieces.secret), seal, where)
    if (confidence === undefined) return []
    const uses = (['git-fetch', 'git-push'] as const).map((operation) => ({ operation, by: name }))
    return [{ keys: keys.at(-1) === name ? keys : [...keys, name], host: 'bitbucket.org', pieces, confidence, uses }]
  })

/** Without a `%` the two are the same. */
function writtenIn({ text }: StoredText): Piece['written'] {
  return text.includes('%') ? 'percent' : 'plain'
}
