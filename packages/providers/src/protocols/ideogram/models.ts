/** Whether a model is of version 4, whose fields have other names. */
export const isV4 = (model: string): boolean => model.startsWith('ideogram-v4')
