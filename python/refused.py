"""How the kit's Python programs say that a person has to mend something."""


class Refused(Exception):
    """The program can't do what it was asked to, for a reason that a person can mend: no bug, so no traceback is shown.

    The message is one line that stands alone. Programs that answer in JSON also give a code, by which the kit knows the
    case, and a hint, which says what to do next.
    """

    def __init__(self, message: str, *, code: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint

    def answer(self) -> dict[str, dict[str, str | None]]:
        """Returns the JSON document that a program prints in place of its result."""
        return {"error": {"code": self.code, "message": str(self), "hint": self.hint}}
