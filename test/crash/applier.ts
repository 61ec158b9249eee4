import { writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { loadConsumers, nodeSystem, openKeyturn } from '../../src/index.ts'
import type { Files } from '../../src/model/ports.ts'

/**
 * Applies or rolls back in a process of its own, and kills that process at the n-th boundary: before and after every write of
 * the files port, and in the middle of every replacement, when the temporary file lies beside the old one.
 */
const [, , folder = '', mode = '', boundary = '', run = ''] = process.argv
let left = Number(boundary)

function reach(): void {
  if (left-- === 0) process.kill(process.pid, 'SIGKILL')
}

function killing(files: Files): Files {
  const around = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    reach()
    const result = await act()
    reach()
    return result
  }
  return {
    ...files,
    append: (path, bytes) => around(() => files.append(path, bytes)),
    create: (path, bytes) => around(() => files.create(path, bytes)),
    remove: (path) => around(() => files.remove(path)),
    replace: (path, expected, next, fileMode) =>
      around(() => {
        if (left === 0) writeFileSync(join(dirname(path), `.${basename(path)}.keyturn-0123456789ab`), next)
        reach()
        return files.replace(path, expected, next, fileMode)
      }),
  }
}

const environment = { PATH: process.env['PATH'] }
const system = nodeSystem({ environment })
const keyturn = await openKeyturn({
  environment,
  home: join(folder, 'keyturn'),
  system: { ...system, files: killing(system.files) },
  consumers: (await loadConsumers()).map((consumer) => ({
    ...consumer,
    verifier: {
      verify: async () => ({ kind: 'yes', scopes: 'not reported', evidence: { asked: 'test', answered: 'yes' } }),
    },
  })),
})
if (mode === 'apply') await keyturn.apply(await keyturn.loadPlan(join(folder, 'plan.json')))
else await keyturn.rollback(run)
process.stdout.write('finished\n')
