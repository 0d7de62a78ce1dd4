export { unreadable } from './limits.ts'
export type { Picture } from './picture.ts'
export { decodePng, encodeGreyPng, encodePng } from './png.ts'
