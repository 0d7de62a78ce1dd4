import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Transport } from '@anymodel/core/http'
import { broken } from '../folder.ts'

/** Where models come from and where they are kept. */
export interface HubOptions extends Transport {
  /** Folder of downloaded models. Default: `ANYMODEL_CACHE`, else `anymodel/models` in the system's folder for caches. */
  readonly cache?: string
  /** The hub, or a mirror of it. Default: `HF_ENDPOINT`, else `https://huggingface.co`. */
  readonly endpoint?: string
  /** For private and gated models; sent to the hub itself only. Default: `HF_TOKEN`, else what `huggingface-cli login` left. */
  readonly token?: string
  /** Ask nobody: only what is in the cache can be used. Default: `HF_HUB_OFFLINE`. */
  readonly offline?: boolean
}

/** The options with everything filled in. */
export interface Hub {
  readonly cache: string
  /** Without a slash at its end. */
  readonly endpoint: string
  readonly token: string | undefined
  readonly offline: boolean
  readonly transport: Transport
  /** Milliseconds without a byte after which a connection is given up. */
  readonly patience: number
  /** Milliseconds before the first retry; each further one waits twice as long. */
  readonly firstWait: number
}

/** Fills options in from the environment. Throws `config` for an endpoint or a token that can't be one. */
export function openHub({ cache, endpoint, token, offline, ...transport }: HubOptions = {}): Hub {
  return {
    cache: cacheFolder(cache),
    endpoint: checkEndpoint(endpoint ?? variable('HF_ENDPOINT') ?? 'https://huggingface.co'),
    token: checkToken(token ?? variable('HF_TOKEN') ?? storedToken()),
    offline: offline ?? /^(1|true|yes|on)$/i.test(variable('HF_HUB_OFFLINE') ?? ''),
    transport,
    patience: 30_000,
    firstWait: 1_000,
  }
}

/** The folder of downloaded models, as `HubOptions.cache` says. */
export const cacheFolder = (cache?: string): string =>
  resolve(cache ?? variable('ANYMODEL_CACHE') ?? join(systemCache(), 'anymodel', 'models'))

/** A variable that is set to nothing is not set. */
const variable = (name: string): string | undefined => process.env[name] || undefined

function systemCache(): string {
  if (process.platform === 'win32') return variable('LOCALAPPDATA') ?? join(homedir(), 'AppData', 'Local')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches')
  return variable('XDG_CACHE_HOME') ?? join(homedir(), '.cache')
}

function checkEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw broken(
      `The hub's address "${endpoint}" is not a URL: set endpoint (or HF_ENDPOINT) to one such as https://huggingface.co.`,
    )
  if (url.username || url.password)
    throw broken("The hub's address must not hold a user and a password: set token (or HF_TOKEN), or a dispatcher.")
  return (url.origin + url.pathname).replace(/\/+$/, '')
}

function checkToken(token: string | undefined): string | undefined {
  const text = token?.trim()
  if (!text) return undefined
  if (/^[\x21-\x7e]+$/.test(text)) return text
  throw broken("The hub's token has characters that no token has: check HF_TOKEN, or the option token.")
}

/** Where huggingface_hub keeps the token of a login. https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables */
function storedToken(): string | undefined {
  const home = variable('HF_HOME') ?? join(variable('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'huggingface')
  try {
    return readFileSync(variable('HF_TOKEN_PATH') ?? join(home, 'token'), 'utf8')
  } catch {
    return undefined
  }
}
