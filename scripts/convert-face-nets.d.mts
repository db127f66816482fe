/** The models and the list of them, as `models/` holds them. Deterministic. */
export function convertFaceNets(): { models: { name: string; bytes: Uint8Array }[]; list: string }
