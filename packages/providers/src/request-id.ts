const requestIdHeaders = [
  'x-request-id',
  'request-id',
  'apim-request-id',
  'x-ms-request-id',
  'x-amzn-requestid',
  'mistral-correlation-id',
  'x-ds-trace-id',
  'x-generation-id',
  'cf-ray',
]

/** The id to quote to the service's support. */
export function requestId(headers: Readonly<Record<string, string>>, body?: unknown): string | undefined {
  const name = requestIdHeaders.find((header) => headers[header])
  if (name) return headers[name]
  const id = (body as { request_id?: unknown } | null | undefined)?.request_id
  return typeof id === 'string' ? id : undefined
}
