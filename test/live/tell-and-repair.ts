import { expect } from 'vitest'
import type { Cause } from './causes.ts'
import type { OwnWorldCause } from './rest-causes.ts'
import { startWorld, type World } from './stage.ts'
import { askDoctor, carryOut } from './visit.ts'

/** One cause from its arrangement to its cure: the command fails, the doctor names the cause and changes nothing, what it printed is done, the command succeeds. */
export async function tellAndRepair(
  world: World,
  { letter, codes, says = '', way = 'first', proof, arrange }: Cause,
): Promise<void> {
  const arranged = await arrange(world, letter.replaceAll(' ', '-'))
  try {
    const { command, visit, patient = visit.machine, act, afterwards = visit } = arranged
    const right = codes[0] === 'D100'
    const before = await command()
    expect(before, before.words).toMatchObject({ works: right })

    const files = await patient.files()
    const prescription = await askDoctor(visit)
    expect(await patient.files(), 'the doctor changed a file').toEqual(files)
    expect(prescription.codes, prescription.screen).toEqual(codes)
    expect(prescription.exitCode).toBe(exitCodeOf(codes[0]))
    expect(prescription.screen).toContain('\n  Evidence\n')

    expect(prescription.screen.replace(/\s+/g, ' ')).toContain(says)
    if (act === undefined && !right) await carryOut(visit, prescription, way, proof)
    await act?.()
    const after = await command()
    expect(after, `${prescription.screen}\n${after.words}`).toMatchObject({ works: true })
    const again = await askDoctor(afterwards)
    expect(again.codes, again.screen).toEqual(['D100'])
  } finally {
    await arranged.stop?.()
  }
}

/** 5: it could not be told. */
function exitCodeOf(code: Cause['codes'][number] | undefined): number {
  if (code === 'D100') return 0
  return code === 'D119' || code === 'D191' ? 5 : 3
}

export async function inItsOwnWorld(cause: OwnWorldCause): Promise<void> {
  const world = await startWorld(cause.switches)
  try {
    await tellAndRepair(world, cause)
  } finally {
    await world.stop()
  }
}
