import type { ApplyDeps, ApplyEvent } from '../apply/deps.ts'
import type { Verifier } from '../model/consumer.ts'
import type { Repository } from '../model/use.ts'
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

/** Where a use names no repository, this one is asked about: what a plan did not know can be said after the change. */
export async function askingAbout(example: Repository | undefined, deps: ApplyDeps): Promise<ApplyDeps> {
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
