import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'

/**
 * Runs a bundle whose text is one function `(exports, require, module, url)`, and gives its exports; absent: there is no such file. The
 * compiled code beside it, `FILE.cache`, comes from the same build and is taken when this V8 would have made it; another V8 or other
 * flags cost time and no more.
 */
export function loadBundle(file: string): object | undefined {
  const source = bytesOf(file)?.toString('latin1')
  if (source === undefined) return undefined
  const cachedData = bytesOf(`${file}.cache`)
  const run: unknown = new Script(source, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  }).runInThisContext()
  if (typeof run !== 'function') return undefined
  const module = { exports: {} }
  run(module.exports, createRequire(file), module, pathToFileURL(file).href)
  return module.exports
}

function bytesOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
