import type { AnyModelError } from '@anymodel/core'
import type { Transport } from '@anymodel/core/http'
import type { Key, KeyPool } from './key-pool.ts'

/** What every provider function takes. */
export interface ProviderOptions extends Transport {
  /**
   * The key, or a function that fetches it (called per request: rotate as you like). Default: the provider's environment variable.
   * Several take turns; one that is refused, limited or out of quota rests, and the error says that the request may be repeated at once with another.
   */
  readonly apiKey?: Key | readonly Key[]
  /** Where the service is. Default: the environment variable `<PROVIDER>_BASE_URL`, such as `OPENAI_BASE_URL`, else the provider's own. */
  readonly baseURL?: string
  /** Headers of every request. A call's `headers` win over them. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Who we talk to. */
export interface Endpoint {
  /** Name in errors, results and opaque data. */
  readonly provider: string
  readonly baseURL: string
  /** Appended to its paths, such as `?api-version=preview`. */
  readonly query?: string
  /** Credential and fixed headers, resolved per request. Throws `auth` when the key is missing. */
  headers(): Promise<Readonly<Record<string, string>>>
  readonly transport: Transport
  /** There for several keys: what an error means for the next request. `sent`: the credentials of the one that failed. */
  readonly failed?: ((error: AnyModelError, sent: readonly string[]) => AnyModelError) | undefined
}

export interface EndpointSpec {
  readonly provider: string
  readonly baseURL: string
  /** Environment variable of the key, or several, best first. Without one, no key is needed. */
  readonly env?: string | readonly string[]
  readonly options: ProviderOptions
  /** How the key travels. Default: `Authorization: Bearer`. */
  readonly credential?: (key: string) => Readonly<Record<string, string>>
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

/** Puts an endpoint together. Nothing is read or checked before the first request. */
export function endpoint({ provider, baseURL, env, options, credential = bearer }: EndpointSpec): Endpoint {
  const variables = env === undefined ? [] : typeof env === 'string' ? [env] : env
  const fromEnv = process.env[`${provider.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_BASE_URL`]
  const { apiKey } = options
  let pool: KeyPool | undefined
  return {
    provider,
    baseURL: (options.baseURL ?? (fromEnv || baseURL)).replace(/\/+$/, ''),
    transport: options,
    async headers() {
      if (typeof apiKey === 'object') {
        const { KeyPool } = await import('./key-pool.ts')
        pool ??= new KeyPool(apiKey)
      }
      const one = pool ? await pool.next() : (apiKey as Key | undefined)
      const key =
        typeof one === 'function' ? await one() : (one ?? variables.map((name) => process.env[name]).find(Boolean))
      const given = lowerCase(options.headers)
      const clean = key?.trim()
      if (clean) {
        if (printable.test(clean)) return { ...credential(clean), ...given }
        throw (await keyErrors()).unusableKey(provider)
      }
      if (variables.length > 0 && !hasCredential(given)) throw (await keyErrors()).noKey(provider, variables)
      return given
    },
    failed: typeof apiKey === 'object' ? (error, sent) => pool?.failed(error, sent) ?? error : undefined,
  }
}

const hasCredential = (headers: Readonly<Record<string, string>>) =>
  ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'].some((name) => name in headers)

/** A key with a line break would otherwise fail deep inside the HTTP client, with the key in the message. */
const printable = /^[\x21-\x7e]+$/

const keyErrors = () => import('./key-error.ts')

export const lowerCase = (headers: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
