import { type Draft, draft } from './draft.ts'
import { type Encoding, written } from './encodings.ts'
import { GIT, inUrl, type Login, type placesOf, type Setting, userinfoEncoding } from './setting.ts'

export interface UrlWish {
  readonly host?: string
  /** From the slash on. */
  readonly path?: string
  /** What the text around it asks for, from the outside in. */
  readonly outer?: readonly Encoding[]
}

/** An HTTPS address with a login in it. */
export function loginUrl(setting: Setting, at: ReturnType<typeof placesOf>, login: Login, wish: UrlWish = {}): Draft {
  const { host = GIT, path = `/${setting.workspace}/${setting.repo}.git`, outer = [] } = wish
  const secret = at.secret(login, ...outer, userinfoEncoding(setting, login))
  return draft`https://${written(inUrl(login.username), outer)}:${secret}@${host}${path}`
}
