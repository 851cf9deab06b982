"""The generator of docs/reference lies beside the other scripts; here it is imported."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
