import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** A repository as the server has it. */
export interface ServedRepo {
  /** Content by path. Changing it in a test makes a new commit necessary. */
  readonly files: Readonly<Record<string, Uint8Array | string>>
  readonly commit?: string
  /** Only this token gets it. */
  readonly token?: string
  readonly gated?: boolean
}

export interface Asked {
  /** `hub`, or `cdn` for the other origin that large files lie at. */
  readonly at: 'hub' | 'cdn'
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
}

export interface HubServer {
  readonly url: string
  readonly repos: Record<string, ServedRepo>
  /** Everything that was asked, in order. */
  readonly asked: Asked[]
  /** Answers in place of the server when it returns true. */
  fault: ((asked: Asked, res: http.ServerResponse, body: Buffer | undefined) => boolean) | undefined
  close(): Promise<void>
}

/** What lies in a folder, as a repository has it: by path, behind `prefix`. */
export const filesIn = (folder: string, prefix = ''): ServedRepo['files'] =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [prefix + path.slice(folder.length + 1), readFileSync(path)]),
  )

export const commitA = 'a'.repeat(40)
export const commitB = 'b'.repeat(40)

/** Files from this size on are kept apart from git. */
const large = 1_000

/** What stands for the content of a file in a listing, as the hub tells it. */
function described(path: string, content: Buffer): object {
  const size = content.length
  const blobId = createHash('sha1').update(`blob ${size}\0`).update(content).digest('hex')
  if (size < large) return { rfilename: path, size, blobId }
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { rfilename: path, size, blobId, lfs: { sha256, size, pointerSize: 135 } }
}

/**
 * A model hub on loopback that answers as huggingface.co does: listings with sizes and checksums, small files after a redirect on the same origin, large ones from a second origin, ranges, gated and missing repositories.
 */
export async function hubServer(repos: Record<string, ServedRepo> = {}): Promise<HubServer> {
  const asked: Asked[] = []
  const self: { -readonly [K in keyof HubServer]: HubServer[K] } = {
    url: '',
    repos,
    asked,
    fault: undefined,
    async close() {
      for (const server of [hub, cdn]) server.closeAllConnections()
      await Promise.all([hub, cdn].map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
  let cdnUrl = ''
  const note = (at: Asked['at'], req: http.IncomingMessage): Asked => {
    const entry = { at, path: decodeURIComponent(req.url ?? ''), headers: req.headers }
    asked.push(entry)
    return entry
  }
  const hub = http.createServer((req, res) => {
    const entry = note('hub', req)
    const [, api, repo = '', kind, revision = '', path = ''] =
      /^(\/api(?:\/models)?)?\/([^/]+\/[^/]+)\/(revision|resolve|resolve-cache)\/([^/?]+)\/?([^?]*)/.exec(entry.path) ??
      []
    const served = repos[repo]
    const content = served?.files[path]
    const body = content === undefined ? undefined : Buffer.from(content as Uint8Array)
    if (self.fault?.(entry, res, body)) return
    const given = req.headers.authorization === `Bearer ${served?.token}`
    if (!served || (served.token && !given && !served.gated)) return refuse(res, given ? 404 : 401, 'RepoNotFound')
    if (served.gated && !given && kind !== 'revision') return refuse(res, 401, 'GatedRepo')
    const commit = served.commit ?? commitA
    if (![commit, 'main'].includes(revision)) return refuse(res, 404, 'RevisionNotFound')
    if (api && kind === 'revision') {
      const siblings = Object.entries(served.files).map(([name, text]) =>
        described(name, Buffer.from(text as Uint8Array)),
      )
      return void res
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ id: repo, sha: commit, siblings }))
    }
    if (!body) return refuse(res, 404, 'EntryNotFound')
    res.setHeader('x-repo-commit', commit)
    if (body.length >= large) {
      res.setHeader('x-linked-size', body.length)
      return void res
        .writeHead(302, { location: `${cdnUrl}/${repo}/${encodeURIComponent(path)}?Signature=secret` })
        .end()
    }
    if (kind === 'resolve')
      return void res.writeHead(307, { location: `/${repo}/resolve-cache/${commit}/${path}` }).end()
    res.end(body)
  })
  const cdn = http.createServer((req, res) => {
    const entry = note('cdn', req)
    const [, repo = '', path = ''] = /^\/([^/]+\/[^/]+)\/([^?]*)/.exec(entry.path) ?? []
    const body = Buffer.from((repos[repo]?.files[path] ?? '') as Uint8Array)
    if (self.fault?.(entry, res, body)) return
    sendRange(req, res, body)
  })
  self.url = await listen(hub)
  cdnUrl = await listen(cdn)
  return self
}

/** Sends a body, or the part of it that was asked for. */
export function sendRange(req: Pick<http.IncomingMessage, 'headers'>, res: http.ServerResponse, body: Buffer): void {
  const from = Number(/^bytes=(\d+)-/.exec(req.headers.range ?? '')?.[1] ?? Number.NaN)
  if (Number.isNaN(from)) return void res.setHeader('content-length', body.length).end(body)
  if (from >= body.length) return void res.writeHead(416, { 'content-range': `bytes */${body.length}` }).end()
  res.writeHead(206, {
    'content-range': `bytes ${from}-${body.length - 1}/${body.length}`,
    'content-length': body.length - from,
  })
  res.end(body.subarray(from))
}

const refuse = (res: http.ServerResponse, status: number, code: string): void =>
  void res.writeHead(status, { 'x-error-code': code }).end(JSON.stringify({ error: code }))

async function listen(server: http.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
