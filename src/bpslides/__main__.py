"""``python -m bpslides``: the same as the command ``bpslides``."""

from bpslides.cli import main

if __name__ == "__main__":
    main()
