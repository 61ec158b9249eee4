import type { Connector, Consumer, Verifier } from '../../model/consumer.ts'
import { JENKINS } from './address.ts'

/** Most scans ask no controller, and what asks one is a third of the command's code: it is loaded with the first question. */
const connector: Connector = {
  list: async (context) => (await connecting()).list(context),
  read: async (place, context) => (await connecting()).read(place, context),
  readAll: async (places, context) => (await connecting()).readAll(places, context),
  versions: async (places, context) => (await import('./plugin-versions.ts')).pluginVersions(places, context),
  stageReplace: async (place, expected, next, context) =>
    (await connecting()).stageReplace(place, expected, next, context),
  stageCreate: async (place, like, next, context) => (await connecting()).stageCreate(place, like, next, context),
  stageRestore: async (place, expected, backup, context) =>
    (await connecting()).stageRestore(place, expected, backup, context),
}

const verifier: Verifier = {
  verify: async (place, use, context) => (await import('./verify.ts')).jenkinsVerifier.verify(place, use, context),
}

async function connecting(): Promise<Connector & Required<Pick<Connector, 'list' | 'readAll' | 'stageCreate'>>> {
  return (await import('./connect.ts')).jenkinsConnector
}

/** Jenkins controllers that run, asked over their HTTP API. */
export const consumer: Consumer = { id: JENKINS, title: 'Jenkins (HTTP API)', connector, verifier }
