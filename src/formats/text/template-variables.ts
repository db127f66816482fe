/** The variables of caption templates that the kit fills itself. Any other name is a column of the source. */
const PLACE_VARIABLES = ['filename', 'folder'] as const
export const FACE_VARIABLES = ['pose', 'mouth', 'expression', 'eyes'] as const
export const TEMPLATE_VARIABLES: readonly string[] = [...PLACE_VARIABLES, ...FACE_VARIABLES]
