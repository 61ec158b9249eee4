import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { doctorLines } from '../../src/cli/views/doctor.ts'
import type { Consultation } from '../../src/diagnose/consultation.ts'
import { type Case, type Cause, JENKINS_CAUSES, MACHINE_CAUSES } from './causes.ts'
import { startWorld, type World } from './stage.ts'

let world: World
let running: Case | undefined

beforeAll(async () => {
  world = await startWorld()
})
afterEach(async () => {
  await running?.stop?.()
  running = undefined
})
afterAll(() => world.stop())

/** Commands of keyturn itself are played by the tests of `plan` and `apply`; the rest is carried out as printed. */
function printedCommands({ diagnoses }: Consultation): readonly string[] {
  const commands = diagnoses.flatMap(({ repairs }) => repairs.flatMap((repair) => repair.commands))
  return commands.filter((command) => !command.startsWith('keyturn '))
}

/** Anything that starts as a secret of Bitbucket does, however it was cut. */
function secretsIn(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.match(/(?:ATATT3|ATCTT3|ATBB)[A-Za-z0-9_=%-]+/g) ?? [])
}

async function carryOut({ repair }: Cause, arranged: Case, consultation: Consultation): Promise<void> {
  if (repair === 'run printed commands') {
    const { controller, machine } = arranged
    const login = controller?.login
    const environment = login === undefined ? {} : { JENKINS_USER_ID: login.user, JENKINS_API_TOKEN: login.apiToken }
    for (const command of printedCommands(consultation))
      expect(await machine.shell(command, environment)).toMatchObject({ works: true })
    return
  }
  await arranged.act?.()
}

describe.each([...MACHINE_CAUSES, ...JENKINS_CAUSES])('($letter) $cause', (cause) => {
  test(`is told as ${cause.code}, and the repair makes the same command succeed`, async () => {
    const arranged = await cause.arrange(world)
    running = arranged
    const before = await arranged.command()
    expect({ works: before.works, words: before.words }).toMatchObject({ works: cause.code === 'D100' })

    const files = await arranged.machine.files()
    const consultation = await arranged.consult()
    expect(await arranged.machine.files(), 'the doctor changed a file').toEqual(files)
    expect(secretsIn([JSON.stringify(consultation), ...doctorLines(consultation)])).toEqual([])
    expect(consultation.diagnoses[0]?.code, doctorLines(consultation).join('\n')).toBe(cause.code)
    expect(consultation.diagnoses[0]?.evidence.length).toBeGreaterThan(0)

    await carryOut(cause, arranged, consultation)
    if (arranged.act !== undefined || cause.repair === 'run printed commands' || cause.code === 'D100') {
      const after = await arranged.command()
      expect(after.works, after.words).toBe(true)
    }
  })
})
