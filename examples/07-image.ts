// A picture from a prompt, shown while it comes where the terminal can.
import { anymodel } from 'anymodel'
import { pictureDisplay } from 'anymodel/terminal'

const ai = await anymodel()
const stream = ai.streamImage({
  model: 'onnx/shapes-diffusion',
  prompt: 'a blue star on a yellow background',
  previews: true,
})

const display = pictureDisplay(process.stdout)
for await (const event of stream) {
  if (event.type === 'preview' || event.type === 'image') await display?.show(event)
}
display?.done()

const [picture] = (await stream.result).images
console.log(`${picture?.mediaType}, ${picture?.width} x ${picture?.height}; picture.save('star.png') would write it`)
await ai.close()
