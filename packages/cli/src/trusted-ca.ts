// Certificates that this process trusts besides those of the system.

import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import tls from 'node:tls'
import { StorageError, UsageError } from '@posthorn/errors'

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * Trusts the certificates of a PEM file in every connection that this process makes from here on.
 *
 * @throws StorageError `cli/cannot-read-file`; UsageError `cli/bad-ca`
 */
export function trustCa(file: string): void {
  const own = certificatesIn(file)
  // Node 22.18 and 24.0 to 24.4 cannot be told once they run.
  if (tls.setDefaultCACertificates === undefined) {
    throw new UsageError(
      'cli/bad-ca',
      `Trust certificates: Node ${process.versions.node} cannot, expected 22.19 or 24.5 and newer, or the file in NODE_EXTRA_CA_CERTS`,
    )
  }
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...own])
}

function certificatesIn(file: string): readonly string[] {
  const found = readText(file).match(certificate) ?? []
  if (found.length > 0 && found.every(isCertificate)) return found
  throw new UsageError(
    'cli/bad-ca',
    `Read certificates: ${file} holds none, expected PEM, which begins with -----BEGIN CERTIFICATE-----`,
  )
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new StorageError('cli/cannot-read-file', `Read certificates: ${file} cannot be read`, {
      cause,
    })
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}
