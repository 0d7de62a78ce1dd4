// A picture is drawn, then painted on beyond its right edge.
import { anymodel } from 'anymodel'

const ai = await anymodel()
const { images } = await ai.generateImage({
  model: 'onnx/shapes-diffusion',
  prompt: 'a blue star on a yellow background',
  seed: 7,
})
const [star] = images
if (!star) throw new Error('unreachable: an answer has a picture')

const wider = await ai.editImage({
  model: 'onnx/shapes-diffusion',
  image: star.data,
  instruction: 'a blue star on a yellow background',
  outpaint: { right: 64 },
  seed: 7,
})
for (const { message } of wider.warnings) console.log(message)
for (const { mediaType, width, height } of wider.images)
  console.log(`${mediaType}, ${width} x ${height}; picture.save('wider.png') would write it`)
await ai.close()
