import type { Call } from './call.ts'

/** Who is named as the author of what a call writes: the person, or the token where there is no person. */
export const actorOf = (call: Call): string => {
  switch (call.caller.kind) {
    case 'anonymous':
      return 'anonymous'
    case 'user':
      return call.caller.username
    case 'resource': {
      const { credential } = call.caller
      return credential.kind === 'access-token' ? credential.name : credential.consumer
    }
  }
}
