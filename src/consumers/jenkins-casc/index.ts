import type { Consumer, Detector, Document } from '../../model/consumer.ts'
import type { Detection } from '../../model/place.ts'
import { fieldsOf } from '../document-fields.ts'
import { everyDocument, fieldDetector } from '../field-detector.ts'
import { openedPlace, sealingConnector } from './connect.ts'
import { demandsIn, inCredentials, unopenedIn } from './credentials.ts'
import { keyListsFor } from './keys.ts'

/** What stands in the file, with encrypted texts as they are. */
const stored: Detector = {
  ...fieldDetector({
    consumer: 'jenkins-casc',
    // `usernamePassword` and `string`, in upper and lower case alike.
    keywords: ['ername', 'erName', 'ERNAME', 'string:', 'String:', '"string"'],
    more: [inCredentials],
  }),
  companions: keyListsFor,
}

export const consumer: Consumer = {
  id: 'jenkins-casc',
  title: 'Jenkins configuration as code',
  detector: { ...stored, detect },
  connector: sealingConnector(stored),
}

function detect(document: Document): Detection {
  const { places, ...found } = stored.detect(document)
  const all = everyDocument(fieldsOf(document))
  return {
    ...found,
    places: places.map((place) => openedPlace(place, document)),
    demands: all.flatMap((each) => demandsIn(each, document)),
    unread: all.flatMap((each) => unopenedIn(each, document)),
  }
}
