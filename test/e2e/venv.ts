/** The Python of a venv with the pinned packages. */
export function venvPython(): string {
  const python = process.env.CNK_TEST_PYTHON
  if (!python) throw new Error('CNK_TEST_PYTHON must name the Python of a venv with the pinned packages')
  return python
}
