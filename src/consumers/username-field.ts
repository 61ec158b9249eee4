import { shapeOf } from '../bitbucket/token-shape.ts'
import type { Encoding, Span, UsernameField } from '../model/place.ts'
import type { Seal, Secret } from '../model/secret.ts'

/** Whether the prefix alone says that a text is a Bitbucket token; such kinds carry a checksum. */
export function looksLikeToken(secret: Secret): boolean {
  return shapeOf(secret).checksum !== 'none'
}

/** A username is printed. One that is a token, pasted into the wrong field, is shown by its fingerprint instead. */
export function usernameField(text: string, encoding: Encoding, seal: Seal, span?: Span): UsernameField {
  const sealed = seal(text)
  const shown = looksLikeToken(sealed) ? sealed.fingerprint : text
  return span === undefined ? { text: shown, encoding } : { text: shown, span, encoding }
}
