import { Failure } from '../../model/failure.ts'
import type { Context } from '../../model/ports.ts'
import { readingsOf } from './layout.ts'

/** `undefined`: processes of others are not seen from here. */
export type IsRunning = (pid: number, context: Context) => Promise<boolean | undefined>

/**
 * A running controller keeps its credentials in memory and writes them over an edited file at the next change. Jenkins has no lock that
 * tells. `.owner` holds the process id, is written again every 60 to 90 minutes and outlives the process (DoubleLaunchChecker.java): it
 * counts when that process exists on this host or in a container of it, and while it is fresh also when it names another host, lies where
 * other hosts write too, or names a process that cannot be seen from here.
 */
export async function refuseWhileRunning(
  path: string,
  context: Context,
  isRunning: IsRunning = processExists,
): Promise<void> {
  for (const { home } of readingsOf(path)) {
    const owner = await ownerOf(home, context)
    if (owner === undefined) continue
    const { pid } = owner
    const runs = pid === undefined ? undefined : await isRunning(pid, context)
    if (runs === true) throw running(home, `process ${pid} of its .owner file is running`, STOP)
    const elsewhere = await maybeElsewhere(home, owner, runs, context)
    if (elsewhere !== undefined) throw running(home, elsewhere, UNTOLD)
  }
}

const STOP = 'Stop the controller and repeat the command, or change the credential through its HTTP API.'
const UNTOLD =
  'Stop the controller. When it is stopped, remove .owner, which it writes again when it starts, and repeat the command.'

function running(home: string, because: string, next: string): Failure {
  return new Failure('R208', { at: home, because, state: 'Nothing was changed in this file.', next: [next] })
}

interface Owner {
  readonly pid?: number
  /** The host that the file names; newer versions write the process id alone. */
  readonly host?: string
  readonly writtenAt: Date
}

async function ownerOf(home: string, { system }: Context): Promise<Owner | undefined> {
  const path = `${home}/.owner`
  const entry = await system.files.entry(path)
  if (entry === undefined) return undefined
  const text = await textOf(path, system)
  const [, named, host] = /\bat (\d+)@([^\s"]+)/.exec(text) ?? []
  const pid = named ?? /^\s*(\d+)/.exec(text)?.[1]
  return {
    ...(pid === undefined ? {} : { pid: Number(pid) }),
    ...(host === undefined ? {} : { host }),
    writtenAt: entry.modifiedAt,
  }
}

async function textOf(path: string, { files }: Context['system']): Promise<string> {
  return Buffer.from(await files.read(path)).toString('utf8')
}

/** It is written again every 60 to 90 minutes. */
const FRESH_MS = 2 * 60 * 60 * 1000
/** File systems that several hosts, or a host and its virtual machines, write to. */
const SHARED =
  /^(?:nfs4?|cifs|smb\w*|9p|virtiofs|vboxsf|ceph|lustre|gpfs|gfs2|ocfs2|afs|beegfs|fuse\.(?:sshfs|glusterfs|ceph-fuse|s3fs|vmhgfs-fuse))$/

/** Why a controller may be running where its process cannot be seen. `undefined`: nothing speaks for that. */
async function maybeElsewhere(
  home: string,
  owner: Owner,
  runs: boolean | undefined,
  { system }: Context,
): Promise<string | undefined> {
  const isFresh = system.clock.now().getTime() - owner.writtenAt.getTime() < FRESH_MS
  if (!isFresh) return undefined
  const here = await textOf('/proc/sys/kernel/hostname', system).catch(() => undefined)
  if (owner.host !== undefined && here !== undefined && owner.host !== here.trim())
    return `its .owner file names another host, ${owner.host}, and was written within the last two hours`
  const real = await system.files.resolve(home).catch(() => home)
  const type = fileSystemOf(real, await textOf('/proc/self/mountinfo', system).catch(() => ''))
  if (type !== undefined && SHARED.test(type))
    return `its .owner file was written within the last two hours, and other hosts write to this file system (${type}), too`
  if (owner.pid !== undefined && (await runsInContainer(owner.pid, system)))
    return `process ${owner.pid} of its .owner file is running in a container of this host`
  if (runs !== undefined) return undefined
  return 'its .owner file was written within the last two hours, and whether its process is running cannot be seen from here'
}

/** Of the mount that lies nearest above the folder (proc_pid_mountinfo(5): the type stands behind the dash). */
function fileSystemOf(folder: string, mounts: string): string | undefined {
  let [longest, type] = [-1, undefined as string | undefined]
  for (const line of mounts.split('\n')) {
    const [before = '', behind = ''] = line.split(' - ')
    const point = (before.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 8)),
    )
    const isAbove = point === '/' || folder === point || folder.startsWith(`${point}/`)
    if (point === '' || !isAbove || point.length < longest) continue
    longest = point.length
    type = behind.split(' ')[0]
  }
  return type
}

/** The last number of `NSpid` is the process id inside the container, where there is one (proc_pid_status(5)). */
async function runsInContainer(pid: number, system: Context['system']): Promise<boolean> {
  const entries = await system.files.list('/proc').catch(() => [])
  for (const { path } of entries) {
    if (!/^\/proc\/\d+$/.test(path)) continue
    const status = await textOf(`${path}/status`, system).catch(() => '')
    const ids = /^NSpid:\s*([\d\s]+?)$/m.exec(status)?.[1]?.split(/\s+/) ?? []
    if (ids.length > 1 && ids.at(-1) === String(pid) && (await isJava(path, system))) return true
  }
  return false
}

async function isJava(process: string, system: Context['system']): Promise<boolean> {
  return /java|jenkins/i.test(await textOf(`${process}/cmdline`, system).catch(() => ''))
}

/**
 * In a container, and where `/proc` hides the processes of others, one that is not seen may run all the same: the second process of a
 * host is a thread of its kernel. `kill -0` asks whether a process exists and sends nothing.
 */
async function processExists(pid: number, { system }: Context): Promise<boolean | undefined> {
  const { files, processes } = system
  if ((await files.entry('/proc/self')) !== undefined) {
    if ((await files.entry(`/proc/${pid}`)) !== undefined) return true
    return (await textOf('/proc/2/comm', system).catch(() => '')).trim() === 'kthreadd' ? false : undefined
  }
  const environment = { ...processes.environment(), LC_ALL: 'C' }
  const asked = await processes.run({ command: 'kill', args: ['-0', String(pid)], environment }).catch(() => undefined)
  if (asked?.exitCode === 0) return true
  // EPERM: it is there, and belongs to somebody else.
  if (/not permitted/i.test(asked?.stderr ?? '')) return true
  return /no such process/i.test(asked?.stderr ?? '') ? false : undefined
}
