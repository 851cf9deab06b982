"""Write docs/reference anew. `python -m reference`, with `scripts` on the path and no installation."""

import os
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


def main() -> None:
    """Write every page; pages that nobody generates stay as they are."""
    with tempfile.TemporaryDirectory(prefix="marketing-agent-reference-") as home:
        os.environ["MARKETING_AGENT_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "marketing_agent.django_settings"
        import django  # noqa: PLC0415  only now is the home known

        django.setup()
        from reference.pages import generate  # noqa: PLC0415  needs Django set up

        written = generate()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(written)} pages written to docs/reference.\n")


if __name__ == "__main__":
    main()
