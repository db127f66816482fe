/**
 * What each annotator answers, as a number: raise it when the same picture gives other landmarks, faces or likenesses. Findings
 * and fingerprints hold it, so pictures are then looked at anew. `none` looks for no faces.
 */
export const ANNOTATOR_VERSIONS = { embedded: 2, spiga: 2, files: 4, none: 2 } as const
