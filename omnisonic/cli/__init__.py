"""The command line. Commands are small files; heavy imports happen inside them."""


def main() -> None:
    """Run the command line."""
    raise SystemExit(0)
