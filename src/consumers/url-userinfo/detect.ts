import type { Detector, Document } from '../../model/consumer.ts'
import type { Place } from '../../model/place.ts'
import { fieldsOf } from '../document-fields.ts'
import { everyDocument, placesOf } from '../field-detector.ts'
import { urlsInField } from '../own-urls.ts'

/** Finds `https://user:secret@bitbucket.org/…` in any text: scripts, manifests, lock files, documentation. */
export const urlUserinfoDetector: Detector = {
  matches: () => true,
  keywords: [],
  breadth: 'anywhere',
  detect: (document) => ({ places: placesIn(document), demands: [], unread: [] }),
}

/** First in the values of the document, where escapes are resolved; then in its bytes, for what is no value: comments, prose, scripts, and those that it holds in base64. */
function placesIn(document: Document): readonly Place[] {
  const read = everyDocument(fieldsOf(document))
  const whole = read.map((each) => ({ keys: ['text'], value: each.whole }))
  const fields = [...read.flatMap((each) => each.fields), ...whole]
  return placesOf(
    document,
    'url-userinfo',
    fields.flatMap((field) => urlsInField(field, document)),
  )
}
