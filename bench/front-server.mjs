// nginx and fcgiwrap in front of `git http-backend`, as the manual page of http-backend shows it: own configuration in
// `folder`, own processes on loopback, ended by `stop`.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

const configuration = ({ folder, root, plainPort, tlsPort, backend }) => `
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
worker_processes auto;
${userInfo().uid === 0 ? 'user root;' : ''}
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  fastcgi_temp_path ${folder}/fastcgi;
  proxy_temp_path ${folder}/proxy;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${plainPort};
    listen 127.0.0.1:${tlsPort} ssl;
    ssl_certificate ${folder}/server.pem;
    ssl_certificate_key ${folder}/server-key.pem;
    client_max_body_size 0;
    location / {
      fastcgi_pass unix:${folder}/fcgi.sock;
      # Without buffers: with them nginx writes the pack to a file first, which is slower.
      fastcgi_buffering off;
      fastcgi_param SCRIPT_FILENAME ${backend};
      fastcgi_param GIT_PROJECT_ROOT ${root};
      fastcgi_param GIT_HTTP_EXPORT_ALL 1;
      fastcgi_param GIT_CONFIG_COUNT 1;
      fastcgi_param GIT_CONFIG_KEY_0 safe.directory;
      fastcgi_param GIT_CONFIG_VALUE_0 *;
      fastcgi_param GIT_PROTOCOL $http_git_protocol;
      fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
      fastcgi_param PATH_INFO $uri;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
    }
  }
}
`

const command = (name) => {
  const found = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'].map((folder) => join(folder, name))
  return found.find(existsSync)
}

const makeCertificate = (folder) =>
  spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-keyout', join(folder, 'server-key.pem'), '-out', join(folder, 'server.pem')],
  ]).status === 0

const untilReachable = async (port) => {
  for (let tries = 0; tries < 100; tries++) {
    const reply = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
    if (reply !== undefined) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('nginx did not start')
}

export const startFrontServer = async ({ folder, root }) => {
  const [nginx, fcgiwrap] = [command('nginx'), command('fcgiwrap')]
  if (nginx === undefined || fcgiwrap === undefined) {
    throw new Error('nginx or fcgiwrap is missing: apt-get install nginx-light fcgiwrap')
  }
  if (!makeCertificate(folder)) throw new Error('openssl made no certificate')
  const [plainPort, tlsPort] = [await freePort(), await freePort()]
  const execPath = spawnSync('git', ['--exec-path'], { encoding: 'utf8' }).stdout.trim()
  const backend = join(execPath, 'git-http-backend')
  const file = join(folder, 'nginx.conf')
  await writeFile(file, configuration({ folder, root, plainPort, tlsPort, backend }))
  const options = { stdio: 'ignore', env: { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C' } }
  const processes = [
    spawn(fcgiwrap, ['-c', '1', '-s', `unix:${join(folder, 'fcgi.sock')}`], options),
    spawn(nginx, ['-c', file, '-p', folder], options),
  ]
  const stop = () => {
    for (const one of processes) one.kill('SIGTERM')
  }
  process.once('exit', stop)
  await untilReachable(plainPort)
  return {
    plainUrl: `http://127.0.0.1:${plainPort}`,
    tlsUrl: `https://127.0.0.1:${tlsPort}`,
    caFile: join(folder, 'server.pem'),
    version: spawnSync(nginx, ['-v'], { encoding: 'utf8' }).stderr.trim().replace('nginx version: ', ''),
    stop,
  }
}
