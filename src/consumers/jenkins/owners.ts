import { Failure } from '../../model/failure.ts'
import type { PlaceOwner } from '../../model/place.ts'
import type { Store } from './address.ts'
import type { CodeOwned } from './configuration-as-code.ts'

/** It replaces all credentials of the system store at every start and reload (configuration-as-code-plugin, issue 384). */
export function codeOwner({ sources }: CodeOwned): PlaceOwner {
  const named = sources.length === 0 ? '' : ` (${sources.slice(0, 3).join(', ')})`
  return {
    name: `Configuration as Code${named}`,
    wayOut: 'Change the credential in the YAML too, and where the YAML takes its variables from.',
    takesChanges: true,
  }
}

const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/kubernetes/i, 'Change the Secret in the cluster that the Kubernetes credentials provider reads.'],
  [/aws|secrets-?manager/i, 'Change the secret in AWS Secrets Manager.'],
  [/azure|keyvault/i, 'Change the secret in Azure Key Vault.'],
  [/gcp|google/i, 'Change the secret in Google Secret Manager.'],
  [/vault|conjur|akeyless/i, 'Change the secret in the vault that the plugin reads.'],
]

/** Stores that plugins fill are read-only (credentials-plugin, CredentialsStore.isDomainsModifiable, updateCredentials). */
export function providerOwner(store: string): PlaceOwner {
  const known = PROVIDERS.find(([pattern]) => pattern.test(store))
  const wayOut = known?.[1] ?? 'Change the secret where the plugin of this store takes it from.'
  return { name: `the credential store "${store}"`, wayOut, takesChanges: false }
}

/** Throws R112 for a store that takes no change. */
export function refuseProvided(store: Store, at: string): void {
  if (store.kind !== 'provider') return
  const { name, wayOut } = providerOwner(store.name)
  throw new Failure('R112', {
    at,
    because: `${name} is filled by a plugin from elsewhere, and Jenkins takes no change there`,
    state: 'Nothing was changed.',
    next: [wayOut],
  })
}
