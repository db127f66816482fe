/** The kinds of generated faces, as the config names them. */
export const FACE_KINDS = [
  { name: 'varied', words: 'with hair strands, freckles, glasses, stripes and backgrounds out of focus' },
  {
    name: 'plain',
    words: 'smooth surfaces in colours that have a name, closer to the camera: easy to learn',
  },
] as const

export type FaceKind = (typeof FACE_KINDS)[number]['name']
