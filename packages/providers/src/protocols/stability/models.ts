/** Whether a model is one of the Stable Diffusion 3 family, which share a path and have options of their own. */
export const isSd3 = (model: string): boolean => model.startsWith('sd3')
