export const ADMINISTER = 'hudson.model.Hudson.Administer'
export const OVERALL_READ = 'hudson.model.Hudson.Read'
export const SYSTEM_READ = 'hudson.model.Hudson.SystemRead'
export const MANAGE = 'hudson.model.Hudson.Manage'
export const ITEM_READ = 'hudson.model.Item.Read'
export const ITEM_EXTENDED_READ = 'hudson.model.Item.ExtendedRead'
export const ITEM_CONFIGURE = 'hudson.model.Item.Configure'
export const ITEM_BUILD = 'hudson.model.Item.Build'
export const ITEM_CREATE = 'hudson.model.Item.Create'
export const ITEM_DELETE = 'hudson.model.Item.Delete'

const CREDENTIALS = 'com.cloudbees.plugins.credentials.CredentialsProvider'
export const CREDENTIALS_VIEW = `${CREDENTIALS}.View`
export const CREDENTIALS_CREATE = `${CREDENTIALS}.Create`
export const CREDENTIALS_UPDATE = `${CREDENTIALS}.Update`
export const CREDENTIALS_DELETE = `${CREDENTIALS}.Delete`
export const CREDENTIALS_MANAGE_DOMAINS = `${CREDENTIALS}.ManageDomains`
export const CREDENTIALS_USE_ITEM = `${CREDENTIALS}.UseItem`

const IMPLIED_BY: Readonly<Record<string, readonly string[]>> = {
  [ITEM_EXTENDED_READ]: [ITEM_CONFIGURE],
  [CREDENTIALS_USE_ITEM]: [ITEM_CONFIGURE],
}

/** The permissions that grant `permission`, itself first. Administer grants everything. */
export function impliedBy(permission: string): readonly string[] {
  return [...new Set([permission, ...(IMPLIED_BY[permission] ?? []), ADMINISTER])]
}

export function grants(held: ReadonlySet<string>, permission: string): boolean {
  return impliedBy(permission).some((each) => held.has(each))
}

/** Becomes 403 with `X-Required-Permission` (core AccessDeniedException3). */
export class AccessDenied extends Error {
  readonly permission: string
  constructor(permission: string) {
    super(`is missing the ${permission} permission`)
    this.permission = permission
  }
}
