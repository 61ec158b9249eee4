import { decodeBasicPair } from '../../src/formats/base64-pair.ts'
import { decodeUtf8 } from '../../src/formats/byte-text.ts'
import { unquoteGitValue } from '../../src/formats/git-config.ts'
import { unquoteNetrc } from '../../src/formats/netrc.ts'
import { percentDecode } from '../../src/formats/url.ts'
import { decodeXmlText } from '../../src/formats/xml.ts'
import type { Encoding } from '../../src/model/place.ts'

/** What stored bytes of a secret mean. `jenkins-secret` needs keys and is given by the caller. */
export function decodeStored(bytes: Uint8Array, encoding: Encoding, openJenkins?: (stored: string) => string): string {
  const text = Buffer.from(bytes).toString('latin1')
  const readers: Readonly<Record<Encoding, (stored: string) => string | undefined>> = {
    plain: decodeUtf8,
    percent: percentDecode,
    'git-quoted': (stored) => percentDecode(unquoteGitValue(stored)),
    'netrc-quoted': unquoteNetrc,
    'base64-pair': (stored) => decodeBasicPair(stored)?.secret,
    'xml-text': (stored) => decodeXmlText(decodeUtf8(stored)),
    'jenkins-secret': (stored) => openJenkins?.(stored),
    opaque: () => undefined,
  }
  const decoded = readers[encoding](text)
  if (decoded === undefined) throw new Error(`stored bytes are not ${encoding}`)
  return decoded
}
