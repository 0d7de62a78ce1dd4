/** Whether a model is of version 4, whose fields have other names. */
export const isV4 = (model: string): boolean => model.startsWith('ideogram-v4')

/** Whether a model is asked by the second version of the API. */
export const isOfV2 = (model: string): boolean => model.startsWith('ideogram-4-5')
