import { expect } from 'vitest'
import type { Cause } from './causes.ts'
import type { World } from './stage.ts'
import { askDoctor, carryOut } from './visit.ts'

/** One cause from its arrangement to its cure: the command fails, the doctor names the cause and changes nothing, what it printed is done, the command succeeds. */
export async function tellAndRepair(
  world: World,
  { letter, codes, way = 'first', proof, arrange }: Cause,
): Promise<void> {
  const arranged = await arrange(world, letter.replaceAll(' ', '-'))
  try {
    const { command, visit, patient = visit.machine, act } = arranged
    const right = codes[0] === 'D100'
    const before = await command()
    expect(before, before.words).toMatchObject({ works: right })

    const files = await patient.files()
    const prescription = await askDoctor(visit)
    expect(await patient.files(), 'the doctor changed a file').toEqual(files)
    expect(prescription.codes, prescription.screen).toEqual(codes)
    expect(prescription.exitCode).toBe(right ? 0 : 3)
    expect(prescription.screen).toContain('\n  Evidence\n')

    if (act === undefined && !right) await carryOut(visit, prescription, way, proof)
    act?.()
    const after = await command()
    expect(after, `${prescription.screen}\n${after.words}`).toMatchObject({ works: true })
    const again = await askDoctor(visit)
    expect(again.codes, again.screen).toEqual(['D100'])
  } finally {
    await arranged.stop?.()
  }
}
