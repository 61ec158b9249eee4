import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import * as der from './der.ts'

/** PEM texts of a certificate authority made for one start of the sandbox, and of one server certificate under it. */
export interface Certificates {
  readonly authority: string
  readonly authorityKey: string
  readonly server: string
  readonly serverKey: string
}

interface Keys {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

interface Contents {
  readonly subject: string
  readonly issuer: string
  readonly publicKey: KeyObject
  readonly signedWith: KeyObject
  readonly extensions: readonly der.Der[]
}

const dayLength = 86_400_000
const authorityName = 'keyturn sandbox (not a real authority)'
const serverName = 'keyturn sandbox'

/** RFC 5758, 3.2: ECDSA with SHA-256, without parameters. */
const ecdsaWithSha256 = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'))

/** Positive, and never the same twice: a browser that kept the authority of an earlier start refuses a repeated one. */
const serialNumber = (): der.Der => der.tagged(0x02, Uint8Array.of(1), randomBytes(15))

const commonName = (name: string): der.Der =>
  der.sequence(der.set(der.sequence(der.objectIdentifier('2.5.4.3'), der.utf8String(name))))

/** Real time, not the sandbox's clock: the clients judge the certificate by theirs. */
const validity = (): der.Der => {
  const now = Date.now()
  return der.sequence(der.time(new Date(now - dayLength)), der.time(new Date(now + 30 * dayLength)))
}

const publicKeyInfo = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

/** RFC 5280, 4.2.1.2: the hash of the public point, the last 65 bytes of a P-256 key's description. */
const keyIdentifier = (key: KeyObject): Buffer => createHash('sha1').update(publicKeyInfo(key).subarray(-65)).digest()

const extension = (identifier: string, isCritical: boolean, value: der.Der): der.Der =>
  der.sequence(der.objectIdentifier(identifier), ...(isCritical ? [der.boolean(true)] : []), der.octetString(value))

const subjectKeyIdentifier = (key: KeyObject): der.Der =>
  extension('2.5.29.14', false, der.octetString(keyIdentifier(key)))

const authorityKeyIdentifier = (key: KeyObject): der.Der =>
  extension('2.5.29.35', false, der.sequence(der.tagged(0x80, keyIdentifier(key))))

/**
 * RFC 5280, 4.2.1.10: the authority can sign for these names only, should its key ever leave the folder. Not critical:
 * the libgit2 of Debian (mbedTLS) refuses the extension when it is.
 */
const nameConstraints = (hosts: readonly string[]): der.Der => {
  const names = hosts.map((name) => der.sequence(der.tagged(0x82, Buffer.from(name))))
  const loopback = der.sequence(der.tagged(0x87, Uint8Array.of(127, 0, 0, 0, 255, 0, 0, 0)))
  return extension('2.5.29.30', false, der.sequence(der.tagged(0xa0, ...names, loopback)))
}

const certificate = (contents: Contents): Buffer => {
  const signed = der.sequence(
    der.tagged(0xa0, der.integer(2)),
    serialNumber(),
    ecdsaWithSha256,
    commonName(contents.issuer),
    validity(),
    commonName(contents.subject),
    publicKeyInfo(contents.publicKey),
    der.tagged(0xa3, der.sequence(...contents.extensions)),
  )
  return der.sequence(signed, ecdsaWithSha256, der.bitString(sign('sha256', signed, contents.signedWith)))
}

const makeAuthority = ({ publicKey, privateKey }: Keys, hosts: readonly string[]): Buffer =>
  certificate({
    subject: authorityName,
    issuer: authorityName,
    publicKey,
    signedWith: privateKey,
    extensions: [
      // An authority, with no other authority below it; it signs certificates and lists of revoked ones.
      extension('2.5.29.19', true, der.sequence(der.boolean(true), der.integer(0))),
      extension('2.5.29.15', true, der.namedBits(5, 6)),
      subjectKeyIdentifier(publicKey),
      nameConstraints(hosts),
    ],
  })

const makeServer = (authority: Keys, publicKey: KeyObject, hosts: readonly string[]): Buffer =>
  certificate({
    subject: serverName,
    issuer: authorityName,
    publicKey,
    signedWith: authority.privateKey,
    extensions: [
      extension('2.5.29.19', true, der.sequence()),
      extension('2.5.29.15', true, der.namedBits(0)),
      extension('2.5.29.37', false, der.sequence(der.objectIdentifier('1.3.6.1.5.5.7.3.1'))),
      extension(
        '2.5.29.17',
        false,
        der.sequence(
          ...hosts.map((name) => der.tagged(0x82, Buffer.from(name))),
          der.tagged(0x87, Uint8Array.of(127, 0, 0, 1)),
        ),
      ),
      authorityKeyIdentifier(authority.publicKey),
      subjectKeyIdentifier(publicKey),
    ],
  })

const pem = (label: string, bytes: Buffer): string => {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

const privateKeyPem = (key: KeyObject): string => pem('PRIVATE KEY', key.export({ type: 'pkcs8', format: 'der' }))

/** Encoded by hand: the two certificates take milliseconds, and a start of the sandbox loads no certificate library. */
export const makeCertificates = (emulated: readonly string[]): Certificates => {
  const hosts = [...emulated, 'localhost']
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    authority: pem('CERTIFICATE', makeAuthority(authority, hosts)),
    authorityKey: privateKeyPem(authority.privateKey),
    server: pem('CERTIFICATE', makeServer(authority, server.publicKey, hosts)),
    serverKey: privateKeyPem(server.privateKey),
  }
}

const systemBundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem']

/** The system's certificates, or the ones that Node carries where no bundle is found. */
export const systemBundle = (): string => {
  const file = systemBundles.find((path) => existsSync(path))
  return file === undefined ? `${rootCertificates.join('\n')}\n` : readFileSync(file, 'utf8')
}
