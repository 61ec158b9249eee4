import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { takeLock } from '../../src/apply/lock.ts'
import { Failure } from '../../src/model/failure.ts'
import { nodeSystem } from '../../src/system/node-system.ts'

/**
 * `contender FOLDER TURNS KILLED`: takes the lock until it has had it so many times, or is killed inside with SIGKILL in its turn number
 * KILLED. Writes a line to FOLDER/log for each turn, and `overlap` when another process that runs is inside.
 */
const [, , folder = '', turns = '1', killed = '0'] = process.argv
const system = nodeSystem({ environment: {} })
const inside = join(folder, 'inside')

function isRunning(id: number): boolean {
  return id > 0 && id !== process.pid && system.processes.isRunning(id)
}

async function turn(number: number): Promise<boolean> {
  const release = await takeLock(join(folder, 'state'), system).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'R207') return undefined
    throw error
  })
  if (release === undefined) return false
  const other = existsSync(inside) ? Number(readFileSync(inside, 'utf8')) : 0
  appendFileSync(join(folder, 'log'), `${isRunning(other) ? 'overlap' : 'turn'} ${process.pid}\n`)
  writeFileSync(inside, String(process.pid))
  await system.clock.sleep(3)
  if (number === Number(killed)) process.kill(process.pid, 'SIGKILL')
  if (Number(readFileSync(inside, 'utf8')) !== process.pid) appendFileSync(join(folder, 'log'), 'overlap\n')
  rmSync(inside)
  await release()
  return true
}

for (let done = 0; done < Number(turns); ) {
  if (await turn(done + 1)) done += 1
  else await system.clock.sleep(1 + (process.pid % 3))
}
