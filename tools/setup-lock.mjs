// One installation at a time: `npm ci` empties the folder that another one is filling.
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const pollMs = 250

function pause(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

const taken = ['EEXIST', 'ENOTEMPTY', 'EPERM']

/** A folder is renamed onto another one only where that is absent, so the lock never stands without its owner's number. */
function tryTake(folder) {
  const waiting = mkdtempSync(`${folder}-`)
  writeFileSync(join(waiting, 'pid'), String(process.pid))
  try {
    renameSync(waiting, folder)
    return true
  } catch (error) {
    rmSync(waiting, { recursive: true, force: true })
    if (taken.includes(error.code)) return false
    throw error
  }
}

/** Undefined where nobody holds it any more. */
function ownerOf(folder) {
  try {
    return Number(readFileSync(join(folder, 'pid'), 'utf8'))
  } catch {
    return undefined
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** One at a time, and the owner is read again: of two that saw a dead owner, the later must not remove the new one. */
function removeDead(folder) {
  const removal = `${folder}-removal`
  try {
    mkdirSync(removal)
  } catch {
    return
  }
  try {
    const owner = ownerOf(folder)
    if (owner !== undefined && !isAlive(owner)) rmSync(folder, { recursive: true, force: true })
  } finally {
    rmdirSync(removal)
  }
}

/** Waits until nobody else holds the folder, runs `action` while this process holds it, and lets it go. */
export function whileLocked(folder, action) {
  let told = false
  while (!tryTake(folder)) {
    const owner = ownerOf(folder)
    if (owner !== undefined && !isAlive(owner)) removeDead(folder)
    else if (!told && owner !== undefined) {
      process.stderr.write(`Waiting for process ${owner}, which installs here (${folder}) ...\n`)
      told = true
    }
    pause(pollMs)
  }
  const release = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', release)
  try {
    return action()
  } finally {
    process.off('exit', release)
    release()
  }
}
