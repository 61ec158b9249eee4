import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { EMAIL, type ScanStand, scanStand } from './branch-source/bitbucket-for-tests.ts'

let ground: ScanStand
beforeAll(async () => {
  ground = await scanStand()
})
afterEach(() => ground.stand().jenkins.settled())
afterAll(() => ground.bitbucket.end())

const branchSource = (version: string) => ({ plugins: { 'cloudbees-bitbucket-branch-source': version } })

describe('the branch source by version', () => {
  test('936 does not know API tokens: REST works with the e-mail, git refuses it', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token(), branchSource('936.4.3'))
    await ground.multibranch('mb', 'app', { suppressAutomaticBuilds: true })
    expect((await ground.stand().jenkins.scan('mb')).result).toBe('SUCCESS')
    const { result, console } = await ground.stand().jenkins.build('mb/main')
    expect(result).toBe('FAILURE')
    expect(console).toContain('\nusing GIT_ASKPASS to set credentials CI user\n')
    expect(console).toContain("fatal: Authentication failed for 'https://bitbucket.org/acme/app.git/'")
  })

  test('937.0.0 swaps the e-mail for git', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token(), branchSource('937.0.0'))
    await ground.multibranch('mb', 'app', { suppressAutomaticBuilds: true })
    await ground.stand().jenkins.scan('mb')
    const { result, console } = await ground.stand().jenkins.build('mb/main')
    expect([result, console.includes('using GIT_ASKPASS to set credentials User API token for bb')]).toEqual([
      'SUCCESS',
      true,
    ])
  })

  test('937.3.3 sends the fixed user name to REST, which refuses it', async () => {
    await ground.controllerWith('x-bitbucket-api-token-auth', ground.bitbucket.token(), branchSource('937.3.3'))
    await ground.multibranch('mb', 'app')
    expect((await ground.stand().jenkins.scan('mb')).log).toContain('Status: Unauthorized HTTP 401')
  })

  test('937.3.4 goes anonymous without a word where no matcher takes the pair', async () => {
    await ground.controllerWith('x-bitbucket-api-token-auth', ground.bitbucket.token(), branchSource('937.3.4'))
    await ground.multibranch('mb', 'app')
    const { result, log } = await ground.stand().jenkins.scan('mb')
    expect(result).toBe('FAILURE')
    expect(log).toContain('Connecting to https://bitbucket.org using x-bitbucket-api-token-auth/****** (CI user)\n')
    expect(log).toContain('java.io.FileNotFoundException: Resource ')
  })

  test('937.3.4 finds a public repository and stops at its checkout', async () => {
    await ground.controllerWith('x-bitbucket-api-token-auth', ground.bitbucket.token(), branchSource('937.3.4'))
    await ground.multibranch('mb', 'docs', { suppressAutomaticBuilds: true })
    expect((await ground.stand().jenkins.scan('mb')).result).toBe('SUCCESS')
    const { result, console } = await ground.stand().jenkins.build('mb/main')
    expect(result).toBe('FAILURE')
    expect(console).toContain(
      '\nusing credential bb\n[Pipeline] }\n[Pipeline] // node\n[Pipeline] End of Pipeline\njava.lang.IllegalStateException: No credentialsId bb found for project mb and server https://bitbucket.org\n',
    )
  })

  test('a build after a push does not ask for the revision, and then stops at its checkout as well', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    await ground.multibranch('mb', 'app')
    await ground.stand().jenkins.scan('mb')
    await ground.stand().jenkins.settled()
    await ground
      .stand()
      .jenkins.addCredential({ store: { folder: 'mb' }, id: 'bb', username: 'ci-bot', secret: 'plain' })
    expect((await ground.stand().jenkins.build('mb/main')).console).toContain(
      'java.io.FileNotFoundException: Resource ',
    )
    const { console } = await ground.stand().jenkins.build('mb/main', 'push')
    expect(
      console.startsWith('Push event to branch main\nChecking out git https://bitbucket.org/acme/app.git into '),
    ).toBe(true)
    expect(console).toContain('No credentialsId bb found for project mb and server https://bitbucket.org')
  })

  test('a Secret text is an access token, which git gets as x-token-auth', async () => {
    await ground.controllerWith('', '')
    const secret = ground.bitbucket.world.addAccessToken({ resource: 'acme/app', name: 'ci', scopes: ['repository'] })
    await ground.stand().jenkins.addSecretText({ store: 'system', id: 'token', secret })
    await ground.multibranch('mb', 'app', { credentialsId: 'token', suppressAutomaticBuilds: true })
    expect((await ground.stand().jenkins.scan('mb')).result).toBe('SUCCESS')
    const { result, console } = await ground.stand().jenkins.build('mb/main')
    expect(console).toContain('using GIT_ASKPASS to set credentials HTTP Access Token for token')
    expect(result).toBe('SUCCESS')
  })

  test('a consumer is known by its lengths, and its token is fetched', async () => {
    const { key, secret } = ground.bitbucket.world.addOAuthConsumer('ci', { workspace: 'acme', scopes: ['repository'] })
    await ground.controllerWith(key, secret)
    await ground.multibranch('mb', 'app', { suppressAutomaticBuilds: true })
    expect((await ground.stand().jenkins.scan('mb')).result).toBe('SUCCESS')
    const { result, console } = await ground.stand().jenkins.build('mb/main')
    expect([result, console.includes('using GIT_ASKPASS to set credentials OAuth2 token for bb')]).toEqual([
      'SUCCESS',
      true,
    ])
  })
})
