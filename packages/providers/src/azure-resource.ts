import type { AzureOptions } from './azure.ts'
import { type Endpoint, endpoint } from './endpoint.ts'

/** Where things are at a resource. */
interface Place {
  readonly baseURL: string
  readonly query?: string
}

/** Kinds of requests. Older versions have all but `responses` below the deployment; version 1 has `media` as a preview. */
type Surface = 'responses' | 'text' | 'media'

/** Up to and without `/chat/completions`. What is given may have more of its path: pages of a deployment show it so. */
function addressOf(root: string | undefined, path: string): string | undefined {
  return root && root.replace(/(?<=[^/])\/openai(?:\/.*)?$|\/+$/, '') + path
}

const named = (resource: string | undefined) => resource && `https://${resource}.openai.azure.com`

const isDate = (version: string | undefined): version is string => version !== undefined && /^\d/.test(version)

function placeOf(given: Endpoint, version: string | undefined, surface: Surface, id: string): Place {
  if (!isDate(version)) {
    const asked = version ?? (surface === 'media' ? 'preview' : undefined)
    return { baseURL: given.baseURL, ...(asked && { query: `?api-version=${asked}` }) }
  }
  const below = surface === 'responses' ? '' : `/deployments/${encodeURIComponent(id)}`
  return { baseURL: `${given.baseURL}${below}`, query: `?api-version=${version}` }
}

/** The endpoints of a resource: each deployment has its own, for each kind of request. */
export function azureResource(options: AzureOptions): (id: string, surface?: Surface) => Endpoint {
  const { token, apiVersion = process.env.AZURE_OPENAI_API_VERSION || undefined, ...rest } = options
  const path = isDate(apiVersion) ? '/openai' : '/openai/v1'
  const { AZURE_OPENAI_ENDPOINT, AZURE_RESOURCE_NAME } = process.env
  const baseURL = options.baseURL ?? addressOf(options.endpoint ?? named(options.resource), path)
  const given = endpoint({
    provider: 'azure',
    baseURL: addressOf(AZURE_OPENAI_ENDPOINT || named(AZURE_RESOURCE_NAME), path) ?? '',
    env: 'AZURE_OPENAI_API_KEY',
    options: { ...rest, ...(baseURL !== undefined && { baseURL }), ...(token && { apiKey: token }) },
    ...(!token && { credential: (key: string) => ({ 'api-key': key }) }),
  })
  const headers =
    given.baseURL === '' ? async () => (await import('./azure-address-error.ts')).noAddress() : given.headers
  return (id, surface = 'text') => ({ ...given, ...placeOf(given, apiVersion, surface, id), headers })
}
