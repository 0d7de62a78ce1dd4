export { unreadable } from './limits.ts'
export type { Picture } from './picture.ts'
export { decodePng, encodePng } from './png.ts'
