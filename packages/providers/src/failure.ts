import type { AnyModelError } from '@anymodel/core'
import type { TextProtocol } from './protocol.ts'
import type { WireError } from './reported.ts'

/** What finds the words for errors is loaded with the first one. */
const words = () => import('./wire-error.ts')

/** The typed error for what a service reported. */
export const meaning = async (wire: WireError, codes: TextProtocol['errorCodes'] = {}): Promise<AnyModelError> =>
  (await words()).wireError(wire, codes)

/** The typed error for what a decoder can't cope with: the service's fault, not the caller's. */
export const notInFormat = async (
  ...about: Parameters<typeof import('./wire-error.ts').notInFormat>
): Promise<AnyModelError> => (await words()).notInFormat(...about)
