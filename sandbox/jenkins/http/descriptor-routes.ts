import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { withAskpass } from '../askpass.ts'
import { type Credential, SECRET_TEXT, usernamePassword } from '../credential.ts'
import type { Item } from '../item-tree.ts'
import { ADMINISTER, CREDENTIALS_USE_ITEM, CREDENTIALS_VIEW } from '../permissions.ts'
import { resolveForGit, visibleCredentials } from '../resolve-credential.ts'
import { type GitResult, runGit } from '../run-git.ts'
import { className } from '../xml-element.ts'
import { type Exchange, parameter, type Reply } from './exchange.ts'
import { formValidation, notFound, postRequired } from './replies.ts'
import type { Site } from './site.ts'

const BRANCH_SOURCE = 'cloudbees-bitbucket-branch-source'

/** `[/job/...]/descriptorByName/<class>/<check>`; `item` is absent at the root. */
export async function descriptorRoutes(exchange: Exchange, site: Site, item: Item | undefined): Promise<Reply> {
  switch (exchange.rest.join('/')) {
    case 'hudson.plugins.git.UserRemoteConfig/checkUrl':
      return checkUrl(exchange, site, item)
    case 'hudson.plugins.git.UserRemoteConfig/checkCredentialsId':
      return checkGitCredentialsId(exchange, item)
    case 'com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMSource/checkCredentialsId':
      return checkBranchSourceCredentialsId(exchange, item)
    default:
      return notFound()
  }
}

/**
 * `<div/>` is ambiguous on purpose: connected, or not allowed to ask, or a variable in the URL, or a public repository,
 * or an ambient helper of the controller that answered (git plugin, UserRemoteConfig.DescriptorImpl).
 */
async function checkUrl(exchange: Exchange, site: Site, item: Item | undefined): Promise<Reply> {
  if (exchange.method !== 'POST') return postRequired()
  if (!exchange.visitor.can(item === undefined ? ADMINISTER : CREDENTIALS_USE_ITEM)) return formValidation('ok')
  const url = parameter(exchange, 'value').trim()
  if (url === '') return formValidation('error', 'Please enter Git repository.')
  if (url.includes('$')) return formValidation('ok')
  const result = await listRemote(exchange, site, item, url)
  if (result.status === 0) return formValidation('ok')
  return formValidation(
    'error',
    `Failed to connect to repository : Command "git ls-remote -h -- ${url} HEAD" returned status code ${result.status}:\nstdout: ${result.stdout}\nstderr: ${result.stderr}`,
  )
}

async function listRemote(exchange: Exchange, site: Site, item: Item | undefined, url: string): Promise<GitResult> {
  const credential = resolveForGit(exchange.controller, item, parameter(exchange, 'credentialsId'), url)
  const folder = mkdtempSync(join(exchange.controller.home, '.jenkins-gitclient-'))
  try {
    return await withAskpass(folder, credential, (askpass) =>
      runGit({
        args: ['ls-remote', '-h', '--', url, 'HEAD'],
        folder,
        environment: { ...site.gitEnvironment, ...askpass },
        signal: site.signal(),
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Only tells whether the id is in the list. */
function checkGitCredentialsId(exchange: Exchange, item: Item | undefined): Reply {
  if (!exchange.visitor.can(item === undefined ? ADMINISTER : CREDENTIALS_USE_ITEM)) return formValidation('ok')
  const id = parameter(exchange, 'value')
  const found = id === '' || resolveForGit(exchange.controller, item, id, parameter(exchange, 'url')) !== undefined
  return found ? formValidation('ok') : formValidation('warning', `Cannot find any credentials with id ${id}`)
}

/** No network. Version 937.3.4 stopped accepting a plain pair for Cloud; 937.3.5 changed the texts (PR #1220). */
function checkBranchSourceCredentialsId(exchange: Exchange, item: Item | undefined): Reply {
  exchange.visitor.require(CREDENTIALS_VIEW)
  const id = parameter(exchange, 'value')
  const version = exchange.controller.plugins.get(BRANCH_SOURCE)
  if (version === undefined) return notFound()
  if (id === '') {
    const warning = 'Credentials are required for build notifications'
    return formValidation('warning', isAtLeast(version, '937.3.5') ? warning : '')
  }
  const serverUrl = parameter(exchange, 'serverUrl') || 'https://bitbucket.org'
  const found = visibleCredentials(exchange.controller, item, serverUrl).find((each) => each.id === id)
  const texts = isAtLeast(version, '937.3.5')
    ? {
        missing: `Credentials ${id} not found.`,
        refused: `Selected credentials does not match any criteria for the selected Bitbucket instance: ${serverUrl}`,
      }
    : {
        missing: `Cannot find any credentials with id ${id}`,
        refused: `Invalid credentials for ${serverUrl}`,
      }
  if (found === undefined) return formValidation('error', texts.missing)
  return isAccepted(exchange, found, version) ? formValidation('ok') : formValidation('error', texts.refused)
}

/** API token: e-mail and exactly 192 characters. OAuth consumer: by its lengths. Access token: Secret text. */
function isAccepted(exchange: Exchange, credential: Credential, version: string): boolean {
  if (className(credential.element) === SECRET_TEXT) return true
  const pair = usernamePassword(credential, exchange.controller.cipher)
  if (pair === undefined) return false
  if (!isAtLeast(version, '937.3.4')) return true
  const { username, password } = pair
  const isToken = username.includes('@') && username.includes('.') && password.length === 192
  const lengths = `${username.length}/${password.length}`
  return isToken || lengths === '18/32' || lengths === '32/76'
}

export function isAtLeast(version: string, floor: string): boolean {
  const parts = (text: string) => text.split('.').map((each) => Number.parseInt(each, 10) || 0)
  const [have, want] = [parts(version), parts(floor)]
  for (let at = 0; at < Math.max(have.length, want.length); at++) {
    const difference = (have[at] ?? 0) - (want[at] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
