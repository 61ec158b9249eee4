import * as fs from 'node:fs/promises'

/**
 * Stands in for `node:fs/promises` in the bundled applier: counts every operation that changes the disk and ends the process with
 * SIGKILL right before the chosen one. Writing counts twice, so that a file torn in the middle is a boundary as well.
 */
export const counted = { operations: 0, killAt: 0 }

function boundary(): void {
  counted.operations += 1
  if (counted.operations === counted.killAt) process.kill(process.pid, 'SIGKILL')
}

export type { FileHandle } from 'node:fs/promises'
export { lstat, mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises'

export const chmod: typeof fs.chmod = (...args) => {
  boundary()
  return fs.chmod(...args)
}

export const mkdir = (path: string, options: { recursive: true; mode: number }): Promise<string | undefined> => {
  boundary()
  return fs.mkdir(path, options)
}

export const link: typeof fs.link = (...args) => {
  boundary()
  return fs.link(...args)
}

export const rename: typeof fs.rename = (...args) => {
  boundary()
  return fs.rename(...args)
}

export const unlink: typeof fs.unlink = (...args) => {
  boundary()
  return fs.unlink(...args)
}

export const open = async (path: string, flags: string | number, mode?: number): Promise<fs.FileHandle> => {
  if (flags === 'r') return fs.open(path, flags)
  boundary()
  return countedHandle(await fs.open(path, flags, mode))
}

function countedHandle(handle: fs.FileHandle): fs.FileHandle {
  const [writeFile, sync] = [handle.writeFile.bind(handle), handle.sync.bind(handle)]
  return Object.assign(handle, {
    writeFile: async (bytes: Uint8Array) => {
      boundary()
      const half = Math.floor(bytes.length / 2)
      await writeFile(bytes.subarray(0, half))
      boundary()
      await writeFile(bytes.subarray(half))
    },
    sync: () => {
      boundary()
      return sync()
    },
  })
}
