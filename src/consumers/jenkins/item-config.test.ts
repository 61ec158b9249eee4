import { describe, expect, it } from 'vitest'
import { type ItemReference, itemReferences } from './item-config.ts'
import { readXml } from './xml-document.ts'

function references(xml: string): readonly Omit<ItemReference, 'element'>[] {
  const config = readXml(`<?xml version="1.1" encoding="UTF-8"?>\n${xml}`)
  if (config === undefined) throw new Error('not XML')
  return itemReferences(config).map((reference) => {
    const { element: _, ...rest } = { element: undefined, ...reference }
    return rest
  })
}

const shop = { workspace: 'acme', slug: 'shop' }
const URL_OF_SHOP = 'https://bitbucket.org/acme/shop.git'
const url = { scheme: 'https://', rest: 'bitbucket.org/acme/shop.git', repository: shop }
const git = { kind: 'git', remote: 1, text: URL_OF_SHOP, url }

describe('the configuration of an item', () => {
  it('of a job with several remotes counts those at Bitbucket', () => {
    const remote = (text: string, id: string): string =>
      `<hudson.plugins.git.UserRemoteConfig><url>${text}</url><credentialsId>${id}</credentialsId></hudson.plugins.git.UserRemoteConfig>`
    const remotes = remote('git@github.com:a/b.git', 'x') + remote(URL_OF_SHOP, ' bb ') + remote(URL_OF_SHOP, '')
    expect(references(`<project><scm><userRemoteConfigs>${remotes}</userRemoteConfigs></scm></project>`)).toEqual([
      { ...git, credentialsId: 'bb' },
      { ...git, remote: 2 },
    ])
  })

  it('of a multibranch project with a plain git source names its remote', () => {
    const source = `<source class="jenkins.plugins.git.GitSCMSource"><remote>${URL_OF_SHOP}</remote><credentialsId>bb</credentialsId></source>`
    expect(references(`<mb><sources>${source}</sources></mb>`)).toEqual([{ ...git, credentialsId: 'bb' }])
  })

  const branchSource = (fields: string): string =>
    `<mb><source class="com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMSource"><repoOwner>acme</repoOwner><repository>shop</repository>${fields}</source></mb>`

  it.each([
    [
      'the present fields',
      '<serverUrl>https://bitbucket.org</serverUrl><credentialsId>bb</credentialsId>',
      { credentialsId: 'bb' },
    ],
    [
      'the old fields',
      '<scanCredentialsId>bb</scanCredentialsId><checkoutCredentialsId>SAME</checkoutCredentialsId>',
      { credentialsId: 'bb' },
    ],
    [
      'a checkout of its own',
      '<scanCredentialsId>bb</scanCredentialsId><checkoutCredentialsId>git</checkoutCredentialsId>',
      { credentialsId: 'bb', checkoutCredentialsId: 'git' },
    ],
  ])('of Branch Source with %s', (_, fields, ids) => {
    expect(references(branchSource(fields))).toEqual([
      { kind: 'branch source', workspace: 'acme', repository: shop, ...ids },
    ])
  })

  it('of Branch Source for a server of one\u2019s own is none of ours', () => {
    expect(references(branchSource('<serverUrl>https://bitbucket.example.org</serverUrl>'))).toEqual([])
  })

  it('of an organization folder names a workspace and no repository', () => {
    const name = 'com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMNavigator'
    const navigator = `<${name}><repoOwner>acme</repoOwner><credentialsId>bb</credentialsId></${name}>`
    expect(references(`<org><navigators>${navigator}</navigators></org>`)).toEqual([
      { kind: 'branch source', workspace: 'acme', credentialsId: 'bb' },
    ])
  })

  const inline = (script: string): readonly unknown[] => {
    const definition = `<definition class="org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition"><script>${script}</script></definition>`
    return references(`<flow-definition>${definition}</flow-definition>`)
  }
  const inScript = { kind: 'script', text: URL_OF_SHOP, url }

  it('of an inline pipeline pairs each URL with the nearest literal id', () => {
    const script = `node { git url: '${URL_OF_SHOP}', credentialsId: 'bb' }`
    expect(inline(script)).toEqual([{ ...inScript, credentialsId: 'bb' }])
    const around = `withCredentials([usernamePassword(credentialsId: 'cc', variable: 'X')]) { sh 'git clone ${URL_OF_SHOP}' }`
    expect(inline(around)).toEqual([{ ...inScript, credentialsId: 'cc' }])
  })

  it.each([
    ['steps', `git url: '${URL_OF_SHOP}', credentialsId: 'bb'\ngit url: '${URL_OF_SHOP}', credentialsId: 'cc'`],
    [
      'steps of one line',
      `git url: '${URL_OF_SHOP}', credentialsId: 'bb'; git url: '${URL_OF_SHOP}', credentialsId: 'cc'`,
    ],
    [
      'steps of several lines',
      `git url: '${URL_OF_SHOP}',\n  changelog: f(['x']),\n  credentialsId: 'bb'\ngit url: '${URL_OF_SHOP}',\n  credentialsId: 'cc'`,
    ],
    ['remotes', `[[url: '${URL_OF_SHOP}', credentialsId: 'bb'], [url: '${URL_OF_SHOP}', credentialsId: 'cc']]`],
    ['remotes', `[[credentialsId: 'bb', url: '${URL_OF_SHOP}'], [credentialsId: 'cc', url: '${URL_OF_SHOP}']]`],
  ])('of an inline pipeline with several %s gives each URL the id of its own', (_, script) => {
    expect(inline(script)).toEqual([
      { ...inScript, credentialsId: 'bb' },
      { ...inScript, credentialsId: 'cc' },
    ])
  })
})
