export const measureGain = async (_: object) => ({})
export const toGainTable = (_: object) => ''
