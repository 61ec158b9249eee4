import { afterAll, beforeAll, expect, test } from 'vitest'
import { EMAIL, Machine, startController, startWorld, URL, type World } from './stage.ts'
import { askDoctor, carryOut, type Visit } from './visit.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

test('a stopped controller is cured in its files: scan, doctor for the place, what was printed, start, and the build succeeds', async () => {
  const agent = new Machine(world, 'stopped-agent')
  const controller = await startController(world, agent)
  const { jenkins } = controller
  const admin = new Machine(world, 'stopped')
  await jenkins.addCredential({ store: 'system', id: 'bb', username: EMAIL, secret: goodButReadOnly() })
  await jenkins.addFreestyleJob({ fullName: 'app', url: URL, credentialsId: 'bb' })
  expect(await controller.build('app')).toMatchObject({ works: false })
  await jenkins.stop()

  const { stdout } = await admin.keyturn(['scan', jenkins.home, '--json'])
  const { places } = JSON.parse(stdout) as {
    readonly places: readonly { readonly id: string; readonly address: string }[]
  }
  expect(places.map(({ address }) => address)).toEqual(['system/_/bb'])
  const visit: Visit = { machine: admin, args: ['--place', places[0]?.id ?? '', '--in', jenkins.home] }
  const told = await askDoctor(visit)
  expect(told.codes, told.screen).toEqual(['D106'])
  await carryOut(visit, told, 'first', undefined)

  await jenkins.restart()
  expect(await controller.build('app')).toMatchObject({ works: true })
  expect((await askDoctor(visit)).codes).toEqual(['D100'])
  await jenkins.stop()
})

function goodButReadOnly(): string {
  return world.sandbox.world.addApiToken('alice', {
    name: 'read',
    app: 'bitbucket',
    scopes: ['read:repository:bitbucket'],
  })
}
