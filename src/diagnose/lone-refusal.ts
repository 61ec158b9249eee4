import { isRecognised, isYes, refusedBecause } from './answers.ts'
import type { Answers, ProbeId } from './facts.ts'

/**
 * BCLOUD-24107: a valid credential is now and then answered 401 when jobs run side by side. One 401 of a visit is asked again: the one
 * that other answers contradict, or else the one on which it hangs that the secret itself is dead. Under the e-mail a living token
 * without scopes has a text of its own, so that this answer hangs on most. A Bearer refused before REST took any is no news. An app password goes under
 * the name stored with it and in no other way.
 */
export function refusalInDoubt(answers: Answers, takesBearer = true, isToken = true): ProbeId | undefined {
  const stored = answers['git-configured'] === undefined ? 'git-push' : 'git-configured'
  const named = answers['git-sentinel'] === undefined ? stored : 'git-sentinel'
  if (isYes(answers['git-configured'])) return ifLone(answers, 'git-push')
  if (isRecognised(answers['git-sentinel'])) return ifLone(answers, stored)
  if (isKnownToRest(answers)) return ifLone(answers, named, 'rest-configured')
  if (isTold(answers)) return undefined
  if (!isToken) return ifLone(answers, stored, 'rest-configured')
  return ifLone(answers, 'rest-email', 'rest-configured', ...(takesBearer ? (['rest-bearer'] as const) : []), named)
}

function ifLone(answers: Answers, ...probes: readonly ProbeId[]): ProbeId | undefined {
  return probes.find((probe) => refusedBecause(answers[probe], 'unauthorized', 'token invalid or expired'))
}

function isKnownToRest(answers: Answers): boolean {
  return [answers['rest-email'], answers['rest-bearer']].some(isRecognised)
}

/** A text of its own is a verdict, and says why the others were refused. */
function isTold(answers: Answers): boolean {
  return Object.values(answers).some((answer) =>
    refusedBecause(answer, 'no Bitbucket scopes', 'app password removed', 'account password', 'OAuth token expired'),
  )
}
