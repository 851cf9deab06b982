"""What can be wrong with a prospect, a suppression or a file; each carries one sentence."""

from marketing_agent.operations.errors import BadValueError, NotFoundError


class ProspectRefused(BadValueError):  # noqa: N818  it reads as what it says
    """A prospect or suppression that cannot be as asked; `code` is for programs."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class ProspectNotFound(NotFoundError):  # noqa: N818  it reads as what it says
    """No prospect goes by that id or address."""

    code = "prospect_not_found"

    def __init__(self, ref: str) -> None:
        super().__init__(f"There is no prospect {ref!r}. See `marketing-agent prospects list`.")


class ImportFileError(BadValueError):
    """The file as a whole cannot be imported; the message says why and what to do."""

    code = "unusable_file"
