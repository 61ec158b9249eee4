import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emulatedHosts } from './hosts.ts'

/** What leads from a network of its own, where only the sandbox exists, back to the sandbox. */
export interface Namespace {
  /** The program and arguments that run `words` in it. */
  command(words: readonly string[]): readonly [string, readonly string[]]
  close(): Promise<void>
}

export interface NamespaceOptions {
  /** The port of the TLS door; inside it is 443 of every emulated name. */
  readonly tlsPort: number
  /** Ports of loopback that keep their number inside: the web host, Jenkins. */
  readonly ports: readonly number[]
  /** The certificates of the system and of the sandbox; inside it replaces the system's file. */
  readonly bundleFile: string
}

const unshare = ['--map-root-user', '--net', '--mount', '--'] as const
const systemBundle = '/etc/ssl/certs/ca-certificates.crt'

/** Inside: hands each connection to the socket file of its port, and says when it listens. */
const insideScript = `
const { createServer, connect } = require('node:net')
const doors = process.argv.slice(1).map((pair) => pair.split('='))
let waiting = doors.length
for (const [port, path] of doors) {
  createServer((outer) => {
    const inner = connect(path)
    for (const [one, other] of [[outer, inner], [inner, outer]]) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
      one.pipe(other)
    }
  }).listen(Number(port), '127.0.0.1', () => {
    waiting--
    if (waiting === 0) console.log('ready')
  })
}
`

/** $1 hosts, $2 bundle, $3 node, $4 script, $5 doors, $6 and $7 the ids to go back to, then the command. */
const setUpScript = `
set -e
ip link set lo up
mount --bind "$1" /etc/hosts
if [ -e ${systemBundle} ]; then mount --bind "$2" ${systemBundle}; fi
exec 3>&1
coprocess=$(mktemp -u); mkfifo "$coprocess"
"$3" -e "$4" $5 >"$coprocess" 2>/dev/null 3>&- &
forwarder=$!
read -r _ <"$coprocess" || true
rm -f "$coprocess"
exec 3>&-
user=$6 group=$7
shift 7
set +e
if [ "$user" = 0 ]; then "$@"; else unshare --map-user="$user" --map-group="$group" -- "$@"; fi
status=$?
kill "$forwarder" 2>/dev/null
exit $status
`

/** Whether this machine lets this user have a network and a mount table of their own. */
export const canUseNamespace = (): boolean => {
  if (process.platform !== 'linux') return false
  const trial = 'ip link set lo up && mount --bind /etc/hosts /etc/hosts'
  // Of the environment, which may hold secrets, nothing but the way to the programs.
  const env = { PATH: process.env['PATH'] ?? '' }
  return spawnSync('unshare', [...unshare, 'sh', '-c', trial], { stdio: 'ignore', env }).status === 0
}

const forwardTo = (port: number, sockets: Set<Socket>): Server =>
  createServer((outer) => {
    const inner = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })

const idOf = (id: (() => number) | undefined): string => String(id?.() ?? 0)

/**
 * Files are shared with the outside, networks are not: so a socket file outside stands for each port inside. No name but
 * the emulated ones leads anywhere, and programs that know nothing of proxies are led as well.
 */
export const openNamespace = async ({ tlsPort, ports, bundleFile }: NamespaceOptions): Promise<Namespace> => {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-net-'))
  const sockets = new Set<Socket>()
  const doors = [{ inside: 443, outside: tlsPort }, ...ports.map((port) => ({ inside: port, outside: port }))]
  const servers = doors.map(({ outside }) => forwardTo(outside, sockets))
  const pathOf = (port: number): string => join(folder, `${port}.sock`)
  await Promise.all(servers.map((server, index) => listen(server, pathOf(doors[index]?.inside ?? 0))))
  const hosts = join(folder, 'hosts')
  await writeFile(hosts, `127.0.0.1 localhost ${emulatedHosts.join(' ')}\n::1 localhost\n`)
  const inside = doors.map((door) => `${door.inside}=${pathOf(door.inside)}`).join(' ')
  return {
    command: (words) => {
      const ids = [idOf(process.getuid?.bind(process)), idOf(process.getgid?.bind(process))]
      const given = [hosts, bundleFile, process.execPath, insideScript, inside, ...ids]
      return ['unshare', [...unshare, 'sh', '-c', setUpScript, 'sh', ...given, ...words]]
    },
    close: async () => {
      for (const server of servers) server.close()
      for (const socket of sockets) socket.destroy()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
