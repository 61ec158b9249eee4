import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { PROLOG_ON_DISK, parseXml, writeXml, type XmlElement } from './xml-element.ts'

/** Undefined when the file is absent. Throws when it cannot be read or parsed. */
export function readXmlFile(path: string): XmlElement | undefined {
  return existsSync(path) ? parseXml(readFileSync(path, 'utf8')) : undefined
}

let written = 0

/** Temporary file `<name>-atomic<random>tmp` beside the target, fsync, rename (core AtomicFileWriter). */
export function writeXmlFile(path: string, root: XmlElement): void {
  const text = PROLOG_ON_DISK + writeXml(root)
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}-atomic${process.pid}${written++}tmp`
  const file = openSync(temporary, 'wx', 0o644)
  writeSync(file, text)
  fsyncSync(file)
  closeSync(file)
  renameSync(temporary, path)
}
