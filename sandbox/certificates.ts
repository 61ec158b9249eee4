import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import * as x509 from '@peculiar/x509'

/** PEM texts of a certificate authority made for one start of the sandbox, and of one server certificate under it. */
export interface Certificates {
  readonly authority: string
  readonly authorityKey: string
  readonly server: string
  readonly serverKey: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayLength = 86_400_000

const der = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const content = Buffer.concat(parts)
  if (content.length > 127) return Buffer.concat([Uint8Array.of(tag, 0x81, content.length), content])
  return Buffer.concat([Uint8Array.of(tag, content.length), content])
}

const permittedNames = ['bitbucket.org', 'atlassian.com', 'atlassian.net', 'localhost']

/**
 * RFC 5280, 4.2.1.10: the authority can sign for these names only, should its key ever leave the folder. Not critical:
 * the libgit2 of Debian (mbedTLS) refuses the extension when it is.
 */
const nameConstraints = (): x509.Extension => {
  const names = permittedNames.map((name) => der(0x30, der(0x82, Buffer.from(name))))
  const loopback = der(0x30, der(0x87, Uint8Array.of(127, 0, 0, 0, 255, 0, 0, 0)))
  return new x509.Extension('2.5.29.30', false, der(0x30, der(0xa0, ...names, loopback)))
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

const keyPem = async (key: webcrypto.CryptoKey): Promise<string> => {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${(bytes.match(/.{1,64}/g) ?? []).join('\n')}\n-----END PRIVATE KEY-----\n`
}

/** Real time, not the sandbox's clock: the clients judge the certificate by theirs. */
const validity = (): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(Date.now() - dayLength),
  notAfter: new Date(Date.now() + 30 * dayLength),
})

const makeAuthority = async (keys: webcrypto.CryptoKeyPair): Promise<x509.X509Certificate> =>
  x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=keyturn sandbox (not a real authority)',
    ...validity(),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      nameConstraints(),
    ],
  })

const makeServer = async (
  authority: x509.X509Certificate,
  authorityKeys: webcrypto.CryptoKeyPair,
  publicKey: webcrypto.CryptoKey,
  hosts: readonly string[],
): Promise<x509.X509Certificate> =>
  x509.X509CertificateGenerator.create({
    serialNumber: '02',
    subject: 'CN=keyturn sandbox',
    issuer: authority.subject,
    ...validity(),
    signingAlgorithm: algorithm,
    publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...[...hosts, 'localhost'].map((value) => ({ type: 'dns' as const, value })),
        { type: 'ip', value: '127.0.0.1' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  })

export const makeCertificates = async (hosts: readonly string[]): Promise<Certificates> => {
  x509.cryptoProvider.set(webcrypto)
  const authorityKeys = await newKeys()
  const serverKeys = await newKeys()
  const authority = await makeAuthority(authorityKeys)
  const server = await makeServer(authority, authorityKeys, serverKeys.publicKey, hosts)
  return {
    authority: `${authority.toString('pem')}\n`,
    authorityKey: await keyPem(authorityKeys.privateKey),
    server: `${server.toString('pem')}\n`,
    serverKey: await keyPem(serverKeys.privateKey),
  }
}

const systemBundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem']

/** The system's certificates, or the ones that Node carries where no bundle is found. */
export const systemBundle = (): string => {
  const file = systemBundles.find((path) => existsSync(path))
  return file === undefined ? `${rootCertificates.join('\n')}\n` : readFileSync(file, 'utf8')
}
