import { wrong } from './wrong.ts'

/** A model, or a function that gives it when the call begins. */
export type Given<M> = M | (() => M | Promise<M>)

/** The model of a call whose kind is known by its one method. Throws `invalid-argument`; `example` says how such a model is made. */
export async function givenModel<M extends object>(
  given: Given<M> | undefined,
  method: keyof M & string,
  example: string,
): Promise<M> {
  const model: M | undefined = typeof given === 'function' ? await (given as () => M | Promise<M>)() : given
  if (typeof (model as M | undefined)?.[method] === 'function') return model as M
  throw await wrong('given', typeof given === 'string' ? given : undefined, example)
}
