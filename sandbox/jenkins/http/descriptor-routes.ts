import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { withAskpass } from '../askpass.ts'
import { authenticatorFor } from '../branch-source/authenticator.ts'
import { CERTIFICATE } from '../credential.ts'
import type { Item } from '../item-tree.ts'
import { ADMINISTER, CREDENTIALS_USE_ITEM, CREDENTIALS_VIEW } from '../permissions.ts'
import { BRANCH_SOURCE, isAtLeast } from '../plugin-version.ts'
import { resolveForGit, visibleCredentials } from '../resolve-credential.ts'
import { type GitResult, runGit } from '../run-git.ts'
import { className } from '../xml-element.ts'
import { type Exchange, parameter, type Reply } from './exchange.ts'
import { formValidation, notFound, postRequired } from './replies.ts'
import type { Site } from './site.ts'

/** `[/job/...]/descriptorByName/<class>/<check>`; `item` is absent at the root. */
export async function descriptorRoutes(exchange: Exchange, site: Site, item: Item | undefined): Promise<Reply> {
  switch (exchange.rest.join('/')) {
    case 'hudson.plugins.git.UserRemoteConfig/checkUrl':
      return checkUrl(exchange, site, item)
    case 'hudson.plugins.git.UserRemoteConfig/checkCredentialsId':
      return checkGitCredentialsId(exchange, item, 'url')
    case 'jenkins.plugins.git.GitSCMSource/checkCredentialsId':
      return checkGitCredentialsId(exchange, item, 'remote')
    case 'jenkins.plugins.git.GitSCMSource/checkRemote':
      // No network: whatever stands there is accepted (git plugin, GitSCMSource.DescriptorImpl).
      return formValidation('ok')
    case 'com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMSource/checkCredentialsId':
    case 'com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMNavigator/checkCredentialsId':
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
function checkGitCredentialsId(exchange: Exchange, item: Item | undefined, url: 'url' | 'remote'): Reply {
  if (!exchange.visitor.can(item === undefined ? ADMINISTER : CREDENTIALS_USE_ITEM)) return formValidation('ok')
  const id = parameter(exchange, 'value')
  const found = id === '' || resolveForGit(exchange.controller, item, id, parameter(exchange, url)) !== undefined
  return found ? formValidation('ok') : formValidation('warning', `Cannot find any credentials with id ${id}`)
}

/**
 * No network (BitbucketCredentialsUtils.checkCredentialsId). Before 937.3.4 every id is fine, known or not; 937.3.4 asks
 * the matchers (PR #1220) and 937.3.5 changed the words. The permission is asked for only when there is an id.
 */
function checkBranchSourceCredentialsId(exchange: Exchange, item: Item | undefined): Reply {
  const { controller, visitor } = exchange
  const id = parameter(exchange, 'value')
  const version = controller.plugins.get(BRANCH_SOURCE)
  if (version === undefined) return notFound()
  if (id === '') return formValidation('warning', 'Credentials are required for build notifications')
  visitor.require(CREDENTIALS_VIEW)
  const serverUrl = parameter(exchange, 'serverUrl') || 'https://bitbucket.org'
  const found = visibleCredentials(controller, item, serverUrl).find((each) => each.id === id)
  if (found !== undefined && className(found.element) === CERTIFICATE) {
    const needsSsh = 'A certificate was selected. You will likely need to configure Checkout over SSH.'
    return formValidation('warning', needsSsh)
  }
  if (!isAtLeast(version, '937.3.4')) return formValidation('ok')
  if (found !== undefined && authenticatorFor(found, controller.cipher, version) !== undefined)
    return formValidation('ok')
  return formValidation('error', refusal(version, id, found !== undefined, serverUrl))
}

function refusal(version: string, id: string, isKnown: boolean, serverUrl: string): string {
  if (!isAtLeast(version, '937.3.5')) return `Invalid credentials for ${serverUrl}`
  if (!isKnown) return `Credentials ${id} not found.`
  return `Selected credentials does not match any criteria for the selected Bitbucket instance: ${serverUrl}`
}
