import type { ApplyDeps, ApplyEvent } from '../apply/deps.ts'
import type { Verifier } from '../model/consumer.ts'
import type { Asking } from './keyturn.ts'
import type { Parts } from './parts.ts'

/** What a proof that was killed has left is cleared up by whoever proves next, or goes on with the run. */
export async function provingDeps(parts: Parts, onEvent?: (event: ApplyEvent) => void): Promise<ApplyDeps> {
  const { sweepHandOvers } = await import('../consumers/secret-hand-over.ts')
  await sweepHandOvers(parts.context.system)
  return applyDeps(parts, onEvent)
}

/** Opens the vault, which backups are sealed with. */
export async function applyDeps(parts: Parts, onEvent?: (event: ApplyEvent) => void): Promise<ApplyDeps> {
  const { context, folders } = parts
  const consumers = new Map((await parts.consumers()).map((consumer) => [consumer.id, consumer]))
  const vault = await parts.vault()
  const { runStore } = await import('../apply/run-folder.ts')
  const { fieldVerifier } = await import('../consumers/field-verifier.ts')
  return {
    context,
    state: folders.state,
    runs: runStore(folders.state, context.system.files, vault),
    token: async (name) => (await vault.find(name))?.secret,
    tokenKind: async (name) => (await vault.find(name))?.kind,
    hands: (id) => {
      const { connector, verifier } = consumers.get(id) ?? {}
      if (connector === undefined) return verifier === undefined ? {} : { verifier }
      return { connector, verifier: verifier ?? fieldVerifier(connector) }
    },
    ...(onEvent === undefined ? {} : { onEvent }),
  }
}

/** With the builds that a person allows. Where a use names no repository, `example` is asked about: a plan may not have known one. */
export async function askingWith({ example, builds }: Asking, given: ApplyDeps): Promise<ApplyDeps> {
  const deps = builds === undefined ? given : { ...given, context: { ...given.context, builds } }
  if (example === undefined) return deps
  const { onExample } = await import('../scan/attach-uses.ts')
  return {
    ...deps,
    hands: (id) => {
      const { verifier, ...rest } = deps.hands(id)
      if (verifier === undefined) return rest
      const verify: Verifier['verify'] = (place, use, context) =>
        verifier.verify(place, onExample(use, example), context)
      return { ...rest, verifier: { ...verifier, verify } }
    },
  }
}
