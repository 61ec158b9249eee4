import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EMAIL, Machine, SENTINEL, startController, startWorld, URL, type World } from './stage.ts'
import { askDoctor, carryOut, type Visit } from './visit.ts'

/**
 * The case that keyturn is for: a Jenkins administrator creates a token with the wrong button, tries it under three usernames, and gets
 * the same line each time.
 */
let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

/** What git and Jenkins say about the refusal, without the frames of the Java stack. */
function refusalLines(console: string): readonly string[] {
  return console.split('\n').filter((line) => /fatal:|error:|remote:/.test(line) && !line.startsWith('\tat '))
}

async function arrange() {
  const agent = new Machine(world, 'seed-agent')
  const controller = await startController(world, agent)
  const admin = new Machine(world, 'seed')
  const token = world.sandbox.world.addApiToken('alice', { name: 'for Jenkins', scopes: 'none' })
  const visit: Visit = {
    machine: admin,
    args: ['--jenkins', controller.jenkins.url, '--job', 'app', '--email', EMAIL, '--secret-stdin'],
    surroundings: { environment: controller.login, input: `${token}\n` },
  }
  const tryUnder = async (username: string) => {
    const id = username.includes('@') ? 'tried-as-e-mail' : `tried-as-${username}`
    await controller.jenkins.addCredential({ store: 'system', id, username, secret: token })
    await controller.jenkins.addFreestyleJob({ fullName: 'app', url: URL, credentialsId: id })
    return controller.build('app')
  }
  return { controller, admin, visit, tryUnder }
}

describe('the seed case', () => {
  test('three usernames fail with one line; the doctor names the token; what it prints makes the build succeed', async () => {
    const { controller, visit, tryUnder } = await arrange()
    try {
      for (const username of ['alice', EMAIL, SENTINEL]) {
        const build = await tryUnder(username)
        expect(build.works).toBe(false)
        expect(refusalLines(build.words)).toContainEqual(
          expect.stringContaining(`fatal: Authentication failed for '${URL}`),
        )
        expect(build.words).not.toMatch(/CHANGE-3222|scope/i)
        const told = await askDoctor(visit)
        expect(told.codes, told.screen).toEqual(['D104'])
        expect(told.screen).toContain('API Token provided has no Bitbucket scopes')
      }

      await carryOut(visit, await askDoctor(visit), 'first', undefined)
      expect(await controller.build('app')).toMatchObject({ works: true })
      const without = { ...visit, args: visit.args.filter((arg) => arg !== '--secret-stdin') }
      expect((await askDoctor(without)).codes).toEqual(['D100'])
    } finally {
      await controller.jenkins.stop()
    }
  })

  test('before the first build, the answer 410 to the controller alone tells the app password', async () => {
    const controller = await startController(world, new Machine(world, 'seed-unbuilt-agent'))
    try {
      const secret = world.sandbox.world.addAppPassword('alice')
      await controller.jenkins.addCredential({ store: 'system', id: 'bb', username: 'alice', secret })
      await controller.jenkins.addFreestyleJob({ fullName: 'app', url: URL, credentialsId: 'bb' })
      const told = await askDoctor({
        machine: new Machine(world, 'seed-unbuilt'),
        args: ['--jenkins', controller.jenkins.url, '--job', 'app'],
        surroundings: { environment: controller.login },
      })
      expect(told.codes, told.screen).toEqual(['D101'])
      expect(told.screen).toContain('the controller, without the credential')
    } finally {
      await controller.jenkins.stop()
    }
  })

  test('without the secret, the doctor names the causes that remain and asks for it', async () => {
    const agent = new Machine(world, 'seed-without-agent')
    const controller = await startController(world, agent)
    try {
      const secret = world.sandbox.world.addApiToken('alice', { name: 'for Jenkins too', scopes: 'none' })
      await controller.jenkins.addCredential({ store: 'system', id: 'bb', username: SENTINEL, secret })
      await controller.jenkins.addFreestyleJob({ fullName: 'app', url: URL, credentialsId: 'bb' })
      await controller.build('app')
      const told = await askDoctor({
        machine: new Machine(world, 'seed-without'),
        args: ['--jenkins', controller.jenkins.url, '--job', 'app'],
        surroundings: { environment: controller.login },
      })
      expect(told.codes).toEqual(['D190'])
      expect(told.screen).toMatch(/\(D102\)/)
      expect(told.screen.replace(/\s+/g, ' ')).toContain(
        `keyturn doctor --jenkins ${controller.jenkins.url} --job app --secret-stdin`,
      )
    } finally {
      await controller.jenkins.stop()
    }
  })
})
