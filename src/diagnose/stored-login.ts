import type { Login } from '../bitbucket/client.ts'
import type { Credential } from '../model/credential.ts'
import type { Subject } from './facts.ts'

/** The credential as its tool sends it. */
export function storedLogin(credential: Credential, { bearer }: Pick<Subject, 'bearer'>): Login {
  return bearer === true ? { bearer: credential.secret } : { basic: credential }
}
