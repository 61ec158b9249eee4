import { consultJob, consultPlace } from './consult.ts'
import { defined } from './defined.ts'
import type { Keyturn } from './keyturn.ts'
import { diagnosing } from './loading.ts'
import type { Parts } from './parts.ts'

type Diagnoses = Pick<
  Keyturn,
  'diagnoseUrl' | 'diagnosePlace' | 'diagnoseCredential' | 'diagnoseRest' | 'diagnoseJob' | 'diagnoseLog'
>

/** One method for each thing that can be asked about. */
export function diagnoses(parts: Parts): Diagnoses {
  const { context, doctor } = parts
  return {
    diagnoseUrl: async (url, scene, known) => (await diagnosing()).diagnoseUrl(url, scene, await doctor(), known),
    diagnosePlace: (place, known) => consultPlace(place, parts, known),
    diagnoseCredential: async ({ secret, username, repository, known }) =>
      (await diagnosing()).diagnoseCredential(
        {
          use: 'git-fetch',
          ...defined(known),
          ...(repository === undefined ? {} : { repository }),
          credential: { secret: context.seal(secret), ...(username === undefined ? {} : { username }) },
        },
        await doctor(),
      ),
    diagnoseRest: async (question) =>
      (await import('../diagnose/diagnose-rest.ts')).diagnoseRest(question, await doctor()),
    diagnoseJob: (job, known) => consultJob(job, known, parts),
    diagnoseLog: async (text) => (await diagnosing()).diagnoseLog(text),
  }
}
