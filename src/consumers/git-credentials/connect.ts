import { bytesOf, sliceText } from '../../formats/byte-text.ts'
import type { Edit } from '../../formats/splice.ts'
import { type PercentStyle, percentEncode, percentStyleOf } from '../../formats/url.ts'
import type { Connector } from '../../model/consumer.ts'
import type { Credential } from '../../model/credential.ts'
import { Failure } from '../../model/failure.ts'
import type { Span } from '../../model/place.ts'
import { type EditRequest, fileConnector } from '../file-connector.ts'
import { placeIn } from '../per-document.ts'
import { gitCredentialPlaces, gitCredentialsDetector } from './detect.ts'

/** git-credential-store itself writes `=` as `%3d` (git 2.39, credential-store.c). */
const STORE_STYLE: PercentStyle = { hex: 'lower', raw: '' }

/** Changes username and secret of one line in place: the first matching line wins, so a line added below would do nothing. */
export const gitCredentialsConnector: Connector = fileConnector({
  detector: gitCredentialsDetector,
  locate: placeIn(gitCredentialPlaces),
  counted: gitCredentialPlaces,
  edits: gitCredentialEdits,
})

/** The pair as git presents it. */
export function gitCredentialPair(credential: Credential): { readonly username: string; readonly password: string } {
  return { username: credential.username ?? '', password: credential.secret.reveal() }
}

function gitCredentialEdits({ document, place, change }: EditRequest): readonly Edit[] {
  const stored = [place.username?.span, place.secret?.span].map((span) =>
    span === undefined ? '' : sliceText(document.bytes, span),
  )
  const style = percentStyleOf(stored, STORE_STYLE)
  const put = (span: Span | undefined, text: string): readonly Edit[] =>
    span === undefined ? [] : [{ span, bytes: bytesOf(percentEncode(text, style)) }]
  if (change.username === 'remove')
    throw new Failure('R204', {
      at: `${document.path} ${place.address}`,
      because: 'git ignores a stored line without a username',
      state: 'Nothing was changed.',
    })
  return [
    ...(change.username === 'keep' ? [] : put(place.username?.span, change.username.set)),
    ...(change.secret === 'keep' ? [] : put(place.secret?.span, change.secret.set.reveal())),
  ]
}
